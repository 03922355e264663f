import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRedactor, systemClock } from '../base/index.ts'
import { createFileLog } from './index.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-log-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const redactor = createRedactor()
const open = (folder = dir, more: { maxBytes?: number } = {}) =>
  createFileLog({ dir: folder, clock: systemClock, redactor, ...more })
const lines = (folder = dir) =>
  readFileSync(join(folder, 'thalogos.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('createFileLog', () => {
  it('writes each message at once as one line, with the fields of its context', () => {
    const file = open(join(dir, 'logs'))
    file.log.with({ session: 's1' }).warn('two\nlines', { error: new Error('broken') })
    const [line] = lines(join(dir, 'logs'))
    expect(line).toMatchObject({ level: 'warn', message: 'two\nlines', session: 's1' })
    expect(line?.['error']).toContain('broken')
    expect(statSync(join(dir, 'logs', 'thalogos.log')).mode & 0o777).toBe(0o600)
    file.close()
  })

  it('leaves out what only a debugger wants', () => {
    const file = open()
    file.log.debug('git ended')
    file.log.info('started')
    expect(lines().map(({ message }) => message)).toEqual(['started'])
    file.close()
  })

  it('rotates by size and keeps a bounded number of files', () => {
    const file = open(dir, { maxBytes: 400 })
    for (let n = 0; n < 60; n += 1) file.log.info('line', { n })
    file.close()
    expect(readdirSync(dir).sort()).toEqual([
      'thalogos.1.log',
      'thalogos.2.log',
      'thalogos.3.log',
      'thalogos.log',
    ])
    expect(lines().at(-1)?.['n']).toBe(59)
    for (const name of readdirSync(dir)) {
      expect(statSync(join(dir, name)).size).toBeLessThanOrEqual(400)
    }
  })

  it('survives fields that have no JSON form or no end', () => {
    const file = open()
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    file.log.error('odd', { circle, big: 1n, long: 'x'.repeat(100_000) })
    const [line] = lines()
    expect(line?.['big']).toBe('1')
    expect(String(line?.['long']).length).toBeLessThan(10_000)
    file.close()
  })

  it('makes nothing where storage did not prepare the folder', () => {
    const data = join(dir, 'data')
    const file = open(join(data, 'logs'))
    file.log.error('too early')
    expect(existsSync(data)).toBe(false)
    mkdirSync(data)
    file.log.info('now')
    expect(lines(join(data, 'logs')).map(({ message }) => message)).toEqual(['now'])
    file.close()
  })

  it('stays silent after it was closed', () => {
    const file = open()
    file.log.info('in time')
    file.close()
    file.log.info('late')
    file.close()
    expect(lines().map(({ message }) => message)).toEqual(['in time'])
  })

  it('lets no hidden value into the file, wherever it stands', () => {
    const key = 'sk-live-0123456789abcdef'
    redactor.hide('CODEX_API_KEY', key)
    const file = open()
    const refused = new Error(`401: the key ${key} was refused`)
    file.log.error('in the message', { error: refused })
    file.log.error('in the stack', { error: refused.stack })
    file.log.error('in a cause', { error: new Error('asked', { cause: refused }) })
    file.log.error('nested', { request: { headers: [{ authorization: `Bearer ${key}` }] } })
    file.log.error('in a nested error', { failures: [refused] })
    file.log.error('in a name', { seen: { [key]: 1 } })
    file.log.error('in base64', { basic: Buffer.from(`user:${key}`).toString('base64') })
    file.log.error('across the cut', { long: `${'x'.repeat(3_990)}${key}` })
    file.log.error(`in the words: ${key}`)
    file.close()
    expect(lines()).toHaveLength(9)
    const text = readFileSync(join(dir, 'thalogos.log'), 'utf8')
    expect(text).not.toContain('sk-live')
    expect(text).not.toContain(Buffer.from(key).toString('base64').slice(4, 12))
    for (const line of text.trimEnd().split('\n').toSpliced(7, 1)) {
      expect(line).toContain('[redacted CODEX_API_KEY]')
    }
  })

  it('tells what caused an error', () => {
    const file = open()
    file.log.error('failed', { error: new Error('outer', { cause: new TypeError('inner') }) })
    expect(lines()[0]?.['error']).toMatch(/Error: outer[\s\S]*caused by TypeError: inner/)
    const endless = new Error('endless')
    endless.cause = endless
    file.log.error('failed', { error: endless })
    expect(lines()[1]?.['error']).toMatch(/^Error: endless/)
    file.close()
  })
})
