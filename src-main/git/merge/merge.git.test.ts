import { chmodSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mirrorOf } from '../fixture/open.ts'
import { createScratch, fingerprint, type Scratch } from '../fixture/raw-repository.ts'
import { asCodex } from '../fixture/task.ts'
import type { Mirror } from '../mirror.ts'
import { refresh } from '../mirror.ts'
import { mergeCommits } from './merge.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

type Files = Record<string, string>

/** A commit on `from` with these files, made by a person in the user's repository. */
function commitOn(root: string, from: string, files: Files): string {
  if (from !== 'HEAD') scratch.git(root, 'checkout', '-q', '--detach', from)
  scratch.write(root, files)
  scratch.git(root, 'add', '-A')
  scratch.git(root, 'commit', '-q', '--allow-empty', '-m', 'side')
  const id = scratch.git(root, 'rev-parse', 'HEAD')
  scratch.git(root, 'branch', '-q', `b${id.slice(0, 12)}`, id)
  return id
}

async function sides(base: Files, ours: Files, theirs: Files) {
  return await sidesOf(scratch.repository(base), ours, theirs)
}

async function sidesOf(root: string, ours: Files, theirs: Files) {
  const from = scratch.git(root, 'rev-parse', 'HEAD')
  const [left, right] = [commitOn(root, from, ours), commitOn(root, from, theirs)]
  return { root, from, ours: left, theirs: right, mirror: await mirrorOf(scratch, root) }
}

const merge = (mirror: Mirror, ours: string, theirs: string) =>
  mergeCommits(mirror, { ours, theirs, ...asCodex })

const LINES = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n'

describe('merging without a working tree', () => {
  it('makes a commit of both sides with author, committer and message, and moves no ref', async () => {
    const { mirror, ours, theirs } = await sides(
      { 'a.txt': LINES },
      { 'a.txt': LINES.replace('one', '1') },
      { 'a.txt': LINES.replace('seven', '7'), 'b.txt': 'b\n' },
    )
    const refs = scratch.git(mirror.dir, 'for-each-ref')
    const merged = await merge(mirror, ours, theirs)
    if (!merged.ok) throw new Error(merged.error.message)
    const { commit, tree } = merged.value
    const show = (format: string) =>
      scratch.git(mirror.dir, 'show', '-s', `--format=${format}`, commit)
    expect(show('%P %T')).toBe(`${ours} ${theirs} ${tree}`)
    expect(show('%an/%cn/%s')).toBe('Codex/Ada User/Do the work')
    expect(scratch.git(mirror.dir, 'show', `${tree}:a.txt`)).toBe(
      '1\ntwo\nthree\nfour\nfive\nsix\n7',
    )
    expect(scratch.git(mirror.dir, 'for-each-ref')).toBe(refs)
  })

  it('takes the further side when the other is contained in it', async () => {
    const { mirror, from, ours } = await sides({ a: 'a\n' }, { a: 'b\n' }, { a: 'c\n' })
    const tree = scratch.git(mirror.dir, 'rev-parse', `${ours}^{tree}`)
    const further = { ok: true, value: { commit: ours, tree } }
    expect(await merge(mirror, from, ours)).toEqual(further)
    expect(await merge(mirror, ours, from)).toEqual(further)
    expect(await merge(mirror, ours, ours)).toEqual(further)
  })

  it('names the files of a conflict, whatever their names and kinds, and changes nothing', async () => {
    const { mirror, ours, theirs } = await sides(
      { 'a b.txt': 'x\n', 'ü\nline': 'x\n', gone: 'x\n', same: 'x\n' },
      { 'a b.txt': 'ours\n', 'ü\nline': 'ours\n', 'new/file': 'ours\n' },
      { 'a b.txt': 'theirs\n', 'ü\nline': 'theirs\n', 'new/file': 'theirs\n' },
    )
    const before = fingerprint(mirror.dir, ['objects', 'thalogos-attributes'])
    expect(await merge(mirror, ours, theirs)).toMatchObject({
      error: {
        code: 'merge_conflict',
        details: { files: ['a b.txt', 'new/file', 'ü\nline'] },
      },
    })
    expect(fingerprint(mirror.dir, ['objects', 'thalogos-attributes'])).toEqual(before)
  })

  it('names a conflict of a file that one side took away', async () => {
    const root = scratch.repository({ kept: LINES })
    const from = scratch.git(root, 'rev-parse', 'HEAD')
    const ours = commitOn(root, from, { kept: `${LINES}more\n` })
    scratch.git(root, 'checkout', '-q', '--detach', from)
    scratch.git(root, 'rm', '-q', 'kept')
    const theirs = commitOn(root, 'HEAD', { other: 'o\n' })
    const mirror = await mirrorOf(scratch, root)
    expect(await merge(mirror, ours, theirs)).toMatchObject({
      error: { code: 'merge_conflict', details: { files: ['kept'] } },
    })
  })

  it('follows a file that one side moved, and keeps rights and links', async () => {
    const root = scratch.repository({ 'old.txt': LINES, run: '#!/bin/sh\n' })
    const from = scratch.git(root, 'rev-parse', 'HEAD')
    const ours = commitOn(root, from, { 'old.txt': LINES.replace('one', '1') })
    scratch.git(root, 'checkout', '-q', '--detach', from)
    renameSync(join(root, 'old.txt'), join(root, 'new.txt'))
    chmodSync(join(root, 'run'), 0o755)
    symlinkSync('new.txt', join(root, 'link'))
    const theirs = commitOn(root, 'HEAD', {})
    const mirror = await mirrorOf(scratch, root)
    const merged = await merge(mirror, ours, theirs)
    if (!merged.ok) throw new Error(merged.error.message)
    expect(scratch.git(mirror.dir, 'show', `${merged.value.tree}:new.txt`)).toMatch(/^1\n/)
    expect(scratch.git(mirror.dir, 'ls-tree', merged.value.tree)).toMatch(
      /120000.*link\n.*new.txt\n100755.*run/,
    )
  })

  it('merges by the base’s attributes: neither side can talk a conflict away', async () => {
    const hostile = '* merge=union\n[attr]soft merge=union\n*.txt soft\n'
    const { mirror, ours, theirs } = await sides(
      { 'a.txt': 'x\n' },
      { 'a.txt': 'ours\n' },
      { 'a.txt': 'theirs\n', '.gitattributes': hostile },
    )
    expect(await merge(mirror, ours, theirs)).toMatchObject({ error: { code: 'merge_conflict' } })
    expect(await merge(mirror, theirs, ours)).toMatchObject({ error: { code: 'merge_conflict' } })
  })

  it('honours the base’s attributes at every depth, also when a side removed them', async () => {
    const { mirror, ours, theirs } = await sides(
      {
        'CHANGES.md': 'x\n',
        'deep/er/log.txt': 'x\n',
        'deep/plain.txt': 'x\n',
        '.gitattributes': 'CHANGES.md merge=union\n',
        'deep/er/.gitattributes': 'log.txt merge=union\n',
      },
      { 'CHANGES.md': 'x\nours\n', 'deep/er/log.txt': 'x\nours\n', '.gitattributes': '' },
      { 'CHANGES.md': 'x\ntheirs\n', 'deep/er/log.txt': 'x\ntheirs\n' },
    )
    const merged = await merge(mirror, ours, theirs)
    if (!merged.ok) throw new Error(merged.error.message)
    for (const path of ['CHANGES.md', 'deep/er/log.txt']) {
      const text = scratch.git(mirror.dir, 'show', `${merged.value.tree}:${path}`)
      expect(text).toBe('x\nours\ntheirs')
    }
  })

  it('honours `binary` and never runs a driver that a configuration names', async () => {
    const canary = scratch.canary('driver')
    const { root, mirror, ours, theirs } = await sides(
      { 'a.dat': LINES, 'b.txt': LINES, '.gitattributes': '*.dat binary\nb.txt merge=evil\n' },
      { 'a.dat': LINES.replace('one', '1'), 'b.txt': LINES.replace('one', '1') },
      { 'a.dat': LINES.replace('seven', '7'), 'b.txt': LINES.replace('seven', '7') },
    )
    for (const dir of [root, mirror.dir]) {
      scratch.git(dir, 'config', 'merge.other.driver', canary.command)
    }
    scratch.git(root, 'config', 'merge.evil.driver', canary.command)
    expect(await merge(mirror, ours, theirs)).toMatchObject({
      error: { details: { files: ['a.dat'] } },
    })
    expect(canary.fired()).toBe(false)
  })

  it('merges for several sessions at once, each by its own base', async () => {
    const union = await sides(
      { 'a.txt': 'x\n', '.gitattributes': 'a.txt merge=union\n' },
      { 'a.txt': 'ours\n' },
      { 'a.txt': 'theirs\n' },
    )
    const { root } = union
    const from = commitOn(root, union.from, { '.gitattributes': '\n' })
    const plain = [
      commitOn(root, from, { 'a.txt': 'o\n' }),
      commitOn(root, from, { 'a.txt': 't\n' }),
    ]
    await refresh(union.mirror)
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        i % 2 === 0
          ? merge(union.mirror, union.ours, union.theirs)
          : merge(union.mirror, plain[0] ?? '', plain[1] ?? ''),
      ),
    )
    expect(results.map((result) => result.ok)).toEqual(results.map((_, i) => i % 2 === 0))
  })

  it('serves SHA-256', async () => {
    const { mirror, ours, theirs } = await sidesOf(
      scratch.repository({ a: 'a\n' }, ['--object-format=sha256']),
      { b: 'b\n' },
      { c: 'c\n' },
    )
    const merged = await merge(mirror, ours, theirs)
    expect(merged.ok && merged.value.commit.length).toBe(64)
  })

  it('throws for histories that have nothing in common', async () => {
    const root = scratch.repository()
    scratch.git(root, 'checkout', '-q', '--orphan', 'other')
    writeFileSync(join(root, 'other'), 'o\n')
    scratch.git(root, 'add', '-A')
    scratch.git(root, 'commit', '-q', '-m', 'other')
    const mirror = await mirrorOf(scratch, root)
    const [ours = '', theirs = ''] = ['main', 'other'].map((name) =>
      scratch.git(root, 'rev-parse', name),
    )
    expect(await merge(mirror, ours, theirs)).toMatchObject({
      ok: false,
      error: { code: 'merge_conflict', details: { files: [] } },
    })
  })
})
