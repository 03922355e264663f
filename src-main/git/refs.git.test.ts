import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mirrorOf } from './fixture/open.ts'
import { createScratch, type Scratch } from './fixture/raw-repository.ts'
import type { Mirror } from './mirror.ts'
import { isAncestor, readRef, treeOf, updateRefs } from './refs.ts'

let scratch: Scratch
let mirror: Mirror
let first: string
let second: string
beforeEach(async () => {
  scratch = createScratch()
  const root = scratch.repository()
  first = scratch.git(root, 'rev-parse', 'HEAD')
  scratch.git(root, 'commit', '-q', '--allow-empty', '-m', 'second')
  second = scratch.git(root, 'rev-parse', 'HEAD')
  mirror = await mirrorOf(scratch, root)
})
afterEach(() => scratch.remove())

const A = 'refs/heads/session/s/a'
const B = 'refs/heads/session/s/b'

describe('moving refs', () => {
  it('makes, moves and drops them only from where they are expected to be', async () => {
    const steps: [to: string, from: string, ok: boolean][] = [
      [first, '', true],
      [second, '', false],
      [second, second, false],
      [second, first, true],
      ['', first, false],
      ['', second, true],
      [second, first, false],
      ['', '', true],
    ]
    for (const [to, from, isOk] of steps) {
      const moved = await updateRefs(mirror, [{ ref: A, to, from }])
      expect([to, from, moved.ok]).toEqual([to, from, isOk])
      if (!moved.ok) expect(moved.error.code).toBe('ref_moved')
    }
    expect((await updateRefs(mirror, [{ ref: A, to: first }])).ok).toBe(true)
    expect((await updateRefs(mirror, [{ ref: A, to: second }])).ok).toBe(true)
    expect(await readRef(mirror, A)).toBe(second)
  })

  it('moves all or none', async () => {
    await updateRefs(mirror, [{ ref: A, to: first, from: '' }])
    const moved = await updateRefs(mirror, [
      { ref: B, to: first, from: '' },
      { ref: A, to: first, from: second },
    ])
    expect(moved.ok).toBe(false)
    expect(await readRef(mirror, B)).toBeUndefined()
  })

  it('lets one of many win', async () => {
    await updateRefs(mirror, [{ ref: A, to: first }])
    const moved = await Promise.all(
      Array.from({ length: 8 }, () => updateRefs(mirror, [{ ref: A, to: second, from: first }])),
    )
    expect(moved.filter((result) => result.ok)).toHaveLength(1)
  })

  it('waits for a lock that another git holds for a moment', async () => {
    const lock = join(mirror.dir, `${A}.lock`)
    await updateRefs(mirror, [{ ref: A, to: first }])
    writeFileSync(lock, '')
    const moving = updateRefs(mirror, [{ ref: A, to: second, from: first }])
    setTimeout(() => rmSync(lock), 300)
    expect((await moving).ok).toBe(true)
  })

  it('throws for what no caller can expect', async () => {
    await expect(updateRefs(mirror, [{ ref: 'refs/heads/a..b', to: first }])).rejects.toThrow()
    await expect(updateRefs(mirror, [{ ref: A, to: '0123' }])).rejects.toThrow()
  })
})

describe('reading refs and commits', () => {
  it('finds a ref by its full name only', async () => {
    expect(await readRef(mirror, 'refs/origin/heads/main')).toBe(second)
    expect(await readRef(mirror, 'refs/heads/none')).toBeUndefined()
    expect(await readRef(mirror, 'main')).toBeUndefined()
  })

  it('knows trees and ancestors', async () => {
    expect(await treeOf(mirror, first)).toBe(await treeOf(mirror, second))
    expect(await isAncestor(mirror, first, second)).toBe(true)
    expect(await isAncestor(mirror, second, first)).toBe(false)
    expect(await isAncestor(mirror, first, first)).toBe(true)
    await expect(treeOf(mirror, '--all')).rejects.toThrow()
  })
})
