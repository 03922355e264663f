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
import { systemClock } from '../base/index.ts'
import { createFileLog } from './index.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-log-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const lines = (folder = dir) =>
  readFileSync(join(folder, 'thalogos.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('createFileLog', () => {
  it('writes each message at once as one line, with the fields of its context', () => {
    const file = createFileLog({ dir: join(dir, 'logs'), clock: systemClock })
    file.log.with({ session: 's1' }).warn('two\nlines', { error: new Error('broken') })
    const [line] = lines(join(dir, 'logs'))
    expect(line).toMatchObject({ level: 'warn', message: 'two\nlines', session: 's1' })
    expect(line?.['error']).toContain('broken')
    expect(statSync(join(dir, 'logs', 'thalogos.log')).mode & 0o777).toBe(0o600)
    file.close()
  })

  it('leaves out what only a debugger wants', () => {
    const file = createFileLog({ dir, clock: systemClock })
    file.log.debug('git ended')
    file.log.info('started')
    expect(lines().map(({ message }) => message)).toEqual(['started'])
    file.close()
  })

  it('rotates by size and keeps a bounded number of files', () => {
    const file = createFileLog({ dir, clock: systemClock, maxBytes: 400 })
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
    const file = createFileLog({ dir, clock: systemClock })
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
    const file = createFileLog({ dir: join(data, 'logs'), clock: systemClock })
    file.log.error('too early')
    expect(existsSync(data)).toBe(false)
    mkdirSync(data)
    file.log.info('now')
    expect(lines(join(data, 'logs')).map(({ message }) => message)).toEqual(['now'])
    file.close()
  })

  it('stays silent after it was closed', () => {
    const file = createFileLog({ dir, clock: systemClock })
    file.log.info('in time')
    file.close()
    file.log.info('late')
    file.close()
    expect(lines().map(({ message }) => message)).toEqual(['in time'])
  })
})
