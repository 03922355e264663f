import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createScratch, fingerprint, type Scratch } from '../fixture/raw-repository.ts'
import { taskOn } from '../fixture/task.ts'
import { readRef } from '../refs.ts'
import { trashWorktree } from '../worktree/worktree.ts'
import { takeSnapshot } from './snapshot.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

const REF = 'refs/thalogos/snapshots/1'
const options = { ref: REF, message: 'snapshot\n' }

describe('a snapshot', () => {
  it('keeps everything but what is ignored, on the base, and touches nothing', async () => {
    const root = scratch.repository({ '.gitignore': 'out/\n', 'a.txt': 'a\n', 'b.txt': 'b\n' })
    const { mirror, worktree, base } = await taskOn(scratch, root)
    scratch.write(worktree.dir, { 'a.txt': 'A\n', 'new/c.txt': 'c\n', 'out/x': 'x\n' })
    rmSync(join(worktree.dir, 'b.txt'))
    const before = [fingerprint(worktree.dir), fingerprint(root)]
    const { commit, fresh } = await takeSnapshot(mirror, worktree, options)
    expect(fresh).toBe(true)
    expect(await readRef(mirror, REF)).toBe(commit)
    expect(scratch.git(mirror.dir, 'rev-parse', `${commit}^`)).toBe(base)
    expect(scratch.git(mirror.dir, 'ls-tree', '-r', '--name-only', commit).split('\n')).toEqual([
      '.gitignore',
      'a.txt',
      'new/c.txt',
    ])
    expect([fingerprint(worktree.dir), fingerprint(root)]).toEqual(before)
    expect(await readRef(mirror, 'refs/heads/session/s1/task/t1')).toBe(base)
  })

  it('is taken only when there is something new to keep', async () => {
    const { mirror, worktree, base } = await taskOn(scratch, scratch.repository())
    expect(await takeSnapshot(mirror, worktree, options)).toEqual({ commit: base, fresh: false })
    expect(await readRef(mirror, REF)).toBeUndefined()
    scratch.write(worktree.dir, { 'a.txt': '1\n' })
    const first = await takeSnapshot(mirror, worktree, options)
    const second = { ...options, ref: `${REF}2` }
    expect(await takeSnapshot(mirror, worktree, second)).toEqual({
      commit: first.commit,
      fresh: false,
    })
    rmSync(join(worktree.dir, 'a.txt'))
    expect((await takeSnapshot(mirror, worktree, second)).fresh).toBe(true)
    scratch.git(mirror.dir, 'update-ref', '-d', second.ref)
    scratch.write(worktree.dir, { 'a.txt': '1\n' })
    expect((await takeSnapshot(mirror, worktree, { ...options, ref: `${REF}3` })).fresh).toBe(true)
  })

  it('keeps repositories within it as plain files, one in another too, and what makes git give up', async () => {
    const { mirror, worktree } = await taskOn(scratch, scratch.repository({ 'src/a.txt': 'a\n' }))
    const { dir } = worktree
    for (const nested of ['sub', 'sub/in ner', 'empty']) {
      mkdirSync(join(dir, nested), { recursive: true })
      scratch.git(join(dir, nested), 'init', '-q')
    }
    scratch.write(dir, {
      'sub/x': 'x\n',
      'sub/in ner/y': 'y\n',
      'src/.git/HEAD': 'h\n',
      'src/a.txt': 'A\n',
    })
    scratch.git(join(dir, 'sub/in ner'), 'add', '-A')
    scratch.git(join(dir, 'sub/in ner'), 'commit', '-q', '-m', 'inner')
    const { commit } = await takeSnapshot(mirror, worktree, options)
    const listed = scratch.git(mirror.dir, 'ls-tree', '-r', commit).split('\n')
    expect(listed.map((line) => line.split('\t')[1])).toEqual([
      'src/a.txt',
      'sub/in ner/y',
      'sub/x',
    ])
    expect(listed.every((line) => line.startsWith('100644 blob'))).toBe(true)
    expect(scratch.git(mirror.dir, 'show', `${commit}:src/a.txt`)).toBe('A')
  })

  it('keeps bytes and never runs or asks for a filter, whatever attributes say', async () => {
    const { mirror, worktree } = await taskOn(scratch, scratch.repository({ 'a.txt': 'a\n' }))
    scratch.write(worktree.dir, {
      '.gitattributes': '* text eol=crlf ident filter=lfs working-tree-encoding=UTF-16\n',
      'a.txt': 'x\r\n$Id: kept $\n',
    })
    const { commit } = await takeSnapshot(mirror, worktree, options)
    expect(scratch.git(mirror.dir, 'cat-file', '-s', `${commit}:a.txt`)).toBe('15')
    expect(scratch.git(mirror.dir, 'show', `${commit}:a.txt`)).toContain('$Id: kept $')
  })

  it('keeps large files and links as they are, without asking', async () => {
    const { mirror, worktree } = await taskOn(scratch, scratch.repository())
    writeFileSync(join(worktree.dir, 'large'), Buffer.alloc(11_000_000))
    symlinkSync('/etc/hostname', join(worktree.dir, 'link'))
    const { commit } = await takeSnapshot(mirror, worktree, options)
    expect(scratch.git(mirror.dir, 'cat-file', '-s', `${commit}:large`)).toBe('11000000')
    expect(scratch.git(mirror.dir, 'show', `${commit}:link`)).toBe('/etc/hostname')
  })

  it('is taken while an agent writes and deletes', async () => {
    const { mirror, worktree } = await taskOn(scratch, scratch.repository())
    let writing = true
    const agent = (async () => {
      for (let i = 0; writing; i = (i + 1) % 50) {
        const file = join(worktree.dir, `busy${i}`)
        if (existsSync(file)) rmSync(file)
        else writeFileSync(file, `${i}`)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    try {
      scratch.write(worktree.dir, { 'work.txt': 'w\n' })
      for (let n = 0; n < 5; n += 1) {
        const { commit } = await takeSnapshot(mirror, worktree, { ...options, ref: `${REF}.${n}` })
        expect(scratch.git(mirror.dir, 'show', `${commit}:work.txt`)).toBe('w')
      }
    } finally {
      writing = false
      await agent
    }
  })

  it('of a folder that is gone gives what was kept last', async () => {
    const { mirror, worktree } = await taskOn(scratch, scratch.repository())
    scratch.write(worktree.dir, { 'a.txt': '1\n' })
    const { commit } = await takeSnapshot(mirror, worktree, options)
    await trashWorktree(worktree, join(scratch.dir, 'trash'))
    const again = await takeSnapshot(mirror, worktree, { ...options, ref: `${REF}2` })
    expect(again).toEqual({ commit, fresh: false })
  })
})
