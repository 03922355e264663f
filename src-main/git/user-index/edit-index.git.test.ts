import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createScratch, type Scratch } from '../fixture/raw-repository.ts'
import { editIndex, type IndexEdit } from './edit-index.ts'
import { findEntry, parseIndex, pathAt, pathsNamed } from './index-file.ts'

// Few names, so that files and folders of one name meet and lists of trees are deep.
const part = fc.constantFrom('a', 'a.b', 'b', 'ü', 'x'.repeat(300))
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const tree = fc
  .uniqueArray(path, { maxLength: 12 })
  .map((paths) => paths.filter((one) => !paths.some((other) => one.startsWith(`${other}/`))))

describe('editIndex', () => {
  let scratch: Scratch
  let root: string
  let file: string
  let blobs: string[]
  beforeEach(() => {
    scratch = createScratch()
    root = scratch.repository({})
    file = join(root, '.git/index')
    blobs = ['one', 'two'].map((text) =>
      execFileSync('git', ['hash-object', '-w', '--stdin'], { cwd: root, input: text })
        .toString()
        .trim(),
    )
  })
  afterEach(() => scratch.remove())

  /** By git: the index of a tree with exactly these paths, its list of trees complete. */
  const fill = (paths: readonly string[], blob: number) => {
    scratch.git(root, 'read-tree', '--empty')
    const lines = paths.map((one) => `100644 ${blobs[blob]}\t${one}\0`).join('')
    execFileSync('git', ['update-index', '-z', '--index-info'], { cwd: root, input: lines })
    return scratch.git(root, 'write-tree')
  }

  it('leads from any tree to any other, as git reads it', async () => {
    await fc.assert(
      fc.asyncProperty(tree, tree, fc.nat(1), async (before, after, blob) => {
        const wanted = fill(after, blob)
        fill(before, 0)
        const index = await parseIndex(readFileSync(file), 'sha1')
        const raw = (one: string) => Buffer.from(one).toString('latin1')
        const edits: IndexEdit[] = [
          ...before.filter((one) => !after.includes(one)).map((one) => ({ path: raw(one) })),
          ...after.map((one) => ({
            path: raw(one),
            entry: { mode: 0o100644, oid: blobs[blob] ?? '' },
          })),
        ]
        writeFileSync(file, editIndex(index, edits, 0))
        expect(scratch.git(root, 'ls-files').split('\n').filter(Boolean).length).toBe(after.length)
        // A list of trees that kept a stale one would give its tree.
        expect(scratch.git(root, 'write-tree')).toBe(wanted)
        expect(scratch.git(root, 'fsck', '--no-dangling')).toBe('')
      }),
      { numRuns: 40 },
    )
  })

  it('finds what is there and nothing else', async () => {
    fill(['a/.gitattributes', 'a/x.gitattributes', 'b', '.gitattributes', 'a.b'], 0)
    const index = await parseIndex(readFileSync(file), 'sha1')
    expect(index.starts.map((at) => pathAt(index, at))).toEqual([
      '.gitattributes',
      'a.b',
      'a/.gitattributes',
      'a/x.gitattributes',
      'b',
    ])
    expect(findEntry(index, 'b')).toMatchObject({ mode: 0o100644, oid: blobs[0], hidden: false })
    for (const missing of ['', 'a', 'c', 'a/']) expect(findEntry(index, missing)).toBeUndefined()
    expect(pathsNamed(index, '.gitattributes')).toEqual(['.gitattributes', 'a/.gitattributes'])
  })

  it('keeps flags of other entries, and refuses to read what it does not know', async () => {
    fill(['a', 'b', 'c'], 0)
    scratch.git(root, 'update-index', '--skip-worktree', 'a')
    scratch.git(root, 'update-index', '--assume-unchanged', 'b')
    const index = await parseIndex(readFileSync(file), 'sha1')
    writeFileSync(file, editIndex(index, [{ path: 'c' }], 0))
    expect(scratch.git(root, 'ls-files', '-v')).toBe('S a\nh b')
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('DIRC\0\0\0\x05\0\0\0\0'),
      Buffer.alloc(99),
    ]) {
      await expect(parseIndex(bytes, 'sha1')).rejects.toThrow('not known')
    }
  })

  it('keeps an index without checksum without', async () => {
    fill(['a'], 0)
    const bytes = readFileSync(file)
    bytes.fill(0, bytes.length - 20)
    const edited = editIndex(await parseIndex(bytes, 'sha1'), [], 0)
    expect(edited.subarray(-20).every((byte) => byte === 0)).toBe(true)
  })
})
