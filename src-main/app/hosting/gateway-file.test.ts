import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  readGatewayFile,
  removeGatewayFile,
  type Served,
  writeGatewayFile,
} from './gateway-file.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-gateway-file-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const served: Served = {
  url: 'http://127.0.0.1:4321',
  token: 'owner',
  metricsToken: 'metrics',
  pid: 7,
  version: '1.0.0',
  startedAt: '2026-01-02T03:04:05.000Z',
}
const file = () => join(dir, 'gateway.json')

describe('gateway.json', () => {
  it('is read by its owner’s number, and gone when it was removed', () => {
    writeGatewayFile(dir, served)
    expect(readGatewayFile(dir, 7)).toEqual(served)
    removeGatewayFile(dir)
    expect(readGatewayFile(dir, 7)).toBeUndefined()
    removeGatewayFile(dir)
  })

  it('is the user’s alone, also where an older one and a half-written one were not', () => {
    for (const path of [file(), `${file()}.new`]) {
      writeFileSync(path, 'old')
      chmodSync(path, 0o666)
    }
    writeGatewayFile(dir, served)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(existsSync(`${file()}.new`)).toBe(false)
    expect(readGatewayFile(dir, 7)).toEqual(served)
  })

  it.each<[string, string, number]>([
    ['what another process left', JSON.stringify(served), 8],
    ['half of it', JSON.stringify(served).slice(0, 40), 7],
    ['another form', '{"url":"http://127.0.0.1:1"}', 7],
    ['another machine', JSON.stringify({ ...served, url: 'http://example.invalid:80' }), 7],
    [
      'a name of ours on another machine',
      JSON.stringify({ ...served, url: 'http://localhost.example.invalid' }),
      7,
    ],
    ['another protocol', JSON.stringify({ ...served, url: 'https://127.0.0.1:1' }), 7],
  ])('names nobody when it holds %s', (_, text, pid) => {
    writeFileSync(file(), text)
    expect(readGatewayFile(dir, pid)).toBeUndefined()
  })

  it('names nobody where there is no folder', () => {
    expect(readGatewayFile(join(dir, 'none'), 7)).toBeUndefined()
  })
})
