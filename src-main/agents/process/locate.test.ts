import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { locate } from './locate.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'locate-'))
  for (const name of ['a', 'b', 'c']) mkdirSync(join(dir, name))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const put = (path: string, mode: number) => {
  writeFileSync(join(dir, path), '#!/bin/sh\n')
  chmodSync(join(dir, path), mode)
}
const env = (...folders: string[]) => ({ PATH: folders.map((name) => join(dir, name)).join(':') })

describe.skipIf(process.platform === 'win32')('locate', () => {
  it('finds the first on PATH that can be executed', async () => {
    mkdirSync(join(dir, 'a/tool'))
    put('b/tool', 0o755)
    put('c/tool', 0o755)
    expect(await locate('tool', env('gone', 'a', 'b', 'c'))).toBe(join(dir, 'b/tool'))
    expect(await locate('tool', env('c', 'b'))).toBe(join(dir, 'c/tool'))
  })

  it('finds nothing where nothing can be executed', async () => {
    put('a/tool', 0o644)
    expect(await locate('tool', env('a', 'b'))).toBeUndefined()
    expect(await locate('tool', {})).toBeUndefined()
    expect(await locate('', env('a'))).toBeUndefined()
  })

  it('takes an absolute path as it is, and says nothing of a relative one', async () => {
    put('a/tool', 0o755)
    expect(await locate(join(dir, 'a/tool'), {})).toBe(join(dir, 'a/tool'))
    expect(await locate(join(dir, 'a/gone'), env('a'))).toBeUndefined()
    expect(await locate('a/tool', { PATH: dir })).toBeUndefined()
    expect(await locate('tool', { PATH: '.:a' })).toBeUndefined()
  })
})
