import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mirrorOf } from '../fixture/open.ts'
import {
  createScratch,
  fingerprint,
  type Scratch,
  unprivileged,
} from '../fixture/raw-repository.ts'
import type { Mirror } from '../mirror.ts'
import { untrackedEntries } from '../read/entries.ts'
import { fillVerifyWorktree } from './verify-worktree.ts'

let scratch: Scratch
let root: string
let dir: string
let mirror: Mirror
beforeEach(async () => {
  scratch = createScratch()
  dir = join(scratch.dir, 'verify wörktree')
  root = scratch.repository({
    'a.txt': 'a\n',
    'src/b.txt': 'b\n',
    run: '#!/bin/sh\n',
    '.gitignore': 'node_modules\nout\n.env\n',
  })
  chmodSync(join(root, 'run'), 0o755)
  symlinkSync('a.txt', join(root, 'link'))
  scratch.git(root, 'add', '-A')
  scratch.git(root, 'commit', '-q', '-m', 'one')
  mirror = await mirrorOf(scratch, root)
})
afterEach(() => scratch.remove())

const treeOf = (name = 'HEAD') => scratch.git(root, 'rev-parse', `${name}^{tree}`)
const fill = (tree: string, more: { keep?: string[]; copy?: string[] } = {}) =>
  fillVerifyWorktree(mirror, { dir, tree, keep: more.keep ?? [], copy: more.copy ?? [] })
/** What the user's checkout holds, which is the tree wanted. */
const wanted = () => fingerprint(root, ['.git', '.env', 'node_modules'])

describe('filling the verify worktree', () => {
  it('holds exactly the tree, at first and after any other', async () => {
    await fill(treeOf())
    expect(fingerprint(dir)).toEqual(wanted())
    const before = treeOf()
    rmSync(join(root, 'src'), { recursive: true })
    rmSync(join(root, 'link'))
    scratch.write(root, { src: 'now a file\n', 'link/inner': 'now a folder\n', 'a.txt': 'A\n' })
    scratch.git(root, 'add', '-A')
    scratch.git(root, 'commit', '-q', '-m', 'two')
    await mirror.git.run(mirror.place, ['fetch', '-q', root, 'main'])
    await fill(treeOf())
    expect(fingerprint(dir)).toEqual(wanted())
    await fill(before)
    scratch.git(root, 'checkout', '-q', 'HEAD~1')
    expect(fingerprint(dir)).toEqual(wanted())
  })

  it('undoes what checks left: changed, removed, untracked, ignored, rights, links, repositories', async () => {
    await fill(treeOf())
    const outside = join(scratch.dir, 'outside')
    scratch.write(outside, { 'b.txt': 'outside\n' })
    scratch.write(dir, {
      'a.txt': 'b\n',
      'new/x': 'x\n',
      'out/y': 'y\n',
      '.env': 'e\n',
      'node_modules/z': 'z\n',
    })
    chmodSync(join(dir, 'run'), 0o644)
    rmSync(join(dir, 'link'))
    mkdirSync(join(dir, 'link'))
    rmSync(join(dir, 'src'), { recursive: true })
    symlinkSync(outside, join(dir, 'src'))
    for (const nested of ['.', 'lib', 'lib/inner', 'out/repo']) {
      mkdirSync(join(dir, nested), { recursive: true })
      scratch.git(join(dir, nested), 'init', '-q')
    }
    await fill(treeOf())
    expect(fingerprint(dir)).toEqual(wanted())
    expect(fingerprint(outside)).toHaveProperty(['b.txt'])
    expect(Object.keys(fingerprint(outside))).toHaveLength(1)
  })

  it('notices a change of the same size whose time was set back', async () => {
    await fill(treeOf())
    const file = join(dir, 'a.txt')
    const { atime, mtime } = statSync(file)
    writeFileSync(file, 'b\n')
    utimesSync(file, atime, mtime)
    await fill(treeOf())
    expect(fingerprint(dir)).toEqual(wanted())
  })

  it('keeps what it is told to, and only that', async () => {
    await fill(treeOf())
    scratch.write(dir, {
      'node_modules/a': 'a\n',
      'src/node_modules/b': 'b\n',
      'src/out/c': 'c\n',
      'other/node_modules/d': 'd\n',
      '[x]/e': 'e\n',
      'x/e': 'e\n',
    })
    await fill(treeOf(), { keep: ['node_modules', 'src/node_modules', '[x]'] })
    const extra = Object.keys(fingerprint(dir)).filter((path) => !(path in wanted()))
    expect(extra.sort()).toEqual([
      '[x]',
      '[x]/e',
      'node_modules',
      'node_modules/a',
      'src/node_modules',
      'src/node_modules/b',
    ])
  })

  it('leaves files that are right alone, so that their times stay', async () => {
    await fill(treeOf())
    const times = () => {
      const { ino, mtimeNs, ctimeNs } = statSync(join(dir, 'src', 'b.txt'), { bigint: true })
      return { ino, mtimeNs, ctimeNs }
    }
    const before = times()
    await fill(treeOf())
    expect(times()).toEqual(before)
  })

  it('copies what tasks get as well, afresh each time', async () => {
    scratch.write(root, { '.env': 'KEY=1\n' })
    await fill(treeOf(), { copy: ['.env'] })
    writeFileSync(join(dir, '.env'), 'KEY=changed by a check\n')
    await fill(treeOf(), { copy: ['.env'] })
    expect(fingerprint(dir)['.env']).toBe(fingerprint(root)['.env'])
  })

  it('removes what is write-protected, and gets over a lock that a killed git left', async () => {
    await fill(treeOf())
    scratch.write(dir, { 'out/mod/file': 'f\n' })
    chmodSync(join(dir, 'out/mod'), 0o555)
    writeFileSync(`${dir}.index.lock`, '')
    await unprivileged(scratch.dir, () => fill(treeOf()))
    expect(existsSync(join(dir, 'out'))).toBe(false)
  })

  it('empties the folders of submodules', async () => {
    scratch.git(
      root,
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${scratch.git(root, 'rev-parse', 'HEAD')},sub`,
    )
    scratch.git(root, 'commit', '-q', '-m', 'sub')
    await mirror.git.run(mirror.place, ['fetch', '-q', root, 'main'])
    await fill(treeOf())
    scratch.write(dir, { 'sub/left': 'l\n' })
    await fill(treeOf())
    expect(fingerprint(dir)['sub']).toMatch(/^folder/)
    expect(existsSync(join(dir, 'sub', 'left'))).toBe(false)
  })

  it('runs no hook or filter that anything in it brings', async () => {
    const canary = scratch.canary('verify')
    await fill(treeOf())
    scratch.git(dir, 'init', '-q')
    scratch.git(dir, 'config', 'filter.evil.smudge', canary.command)
    scratch.git(dir, 'config', 'core.fsmonitor', canary.command)
    scratch.write(root, { '.gitattributes': '* filter=evil\n', 'c.txt': 'c\n' })
    scratch.git(root, 'add', '-A')
    scratch.git(root, 'commit', '-q', '-m', 'three')
    await mirror.git.run(mirror.place, ['fetch', '-q', root, 'main'])
    await fill(treeOf())
    expect(canary.fired()).toBe(false)
    expect(fingerprint(dir)).toEqual(wanted())
  })
})

describe('a verify worktree that a check tampered with', { timeout: 20_000 }, () => {
  const left = () => fingerprint(join(scratch.dir, 'precious'))
  const precious = () => {
    const folder = join(scratch.dir, 'precious')
    scratch.write(folder, { 'docs/thesis.txt': 'years\n', '.git/config': 'x\n', 'mod/m': 'm\n' })
    return folder
  }

  it('is never entered through a link in its place: nothing behind it is touched', async () => {
    await fill(treeOf())
    const folder = precious()
    const before = left()
    renameSync(dir, `${dir}.x`)
    symlinkSync(folder, dir)
    await fill(treeOf(), { keep: ['docs'] })
    expect(fingerprint(dir)).toEqual(wanted())
    expect(left()).toEqual(before)
  })

  it('is never entered through a link above a submodule’s place', async () => {
    const head = scratch.git(root, 'rev-parse', 'HEAD')
    scratch.git(root, 'update-index', '--add', '--cacheinfo', `160000,${head},libs/mod`)
    scratch.git(root, 'commit', '-q', '-m', 'sub')
    await mirror.git.run(mirror.place, ['fetch', '-q', root, 'main'])
    await fill(treeOf())
    const folder = precious()
    const before = left()
    rmSync(join(dir, 'libs'), { recursive: true })
    symlinkSync(folder, join(dir, 'libs'))
    await fill(treeOf())
    expect(left()).toEqual(before)
    expect(fingerprint(dir)['libs/mod']).toMatch(/^folder/)
  })

  it.each([
    ['a file in its place', 'cd .. && rm -rf "$0" && echo x > "$0"'],
    ['nothing in its place', 'cd .. && rm -rf "$0"'],
    ['paths longer than the system can name', `mkdir -p ${`${'x'.repeat(200)}/`.repeat(25)}`],
    [
      'pipes where git reads',
      'for p in .gitattributes src/.gitignore; do rm -f $p; mkfifo $p; done',
    ],
    ['a repository of pipes', 'mkdir -p in/.git/refs in/.git/objects && mkfifo in/.git/HEAD'],
    ['a pipe in a file’s place', 'rm a.txt && mkfifo a.txt odd'],
    ['folders without rights', 'mkdir -p out/o && chmod 000 out src'],
    ['a damaged index', 'echo nonsense > "$0.index"'],
  ])('holds exactly the tree again: %s', async (_, script) => {
    await fill(treeOf())
    await unprivileged(scratch.dir, async () => {
      scratch.shell(dir, script.replaceAll('$0', dir))
      await fill(treeOf())
    })
    expect(fingerprint(dir)).toEqual(wanted())
    scratch.shell(scratch.dir, 'rm -rf "verify wörktree"*')
  })

  it('goes on to another tree over pipes that git would read', async () => {
    await fill(treeOf())
    scratch.shell(
      dir,
      'rm -f .gitignore .gitattributes; mkdir z; mkfifo .gitignore .gitattributes z/.gitignore',
    )
    rmSync(join(root, 'a.txt'))
    scratch.write(root, { 'b.txt': 'b\n' })
    scratch.git(root, 'add', '-A')
    scratch.git(root, 'commit', '-q', '-m', 'two')
    await mirror.git.run(mirror.place, ['fetch', '-q', root, 'main'])
    await fill(treeOf())
    expect(fingerprint(dir)).toEqual(wanted())
  })

  it('names what the setup left in it, without asking git', async () => {
    await fill(treeOf())
    scratch.write(dir, { 'node_modules/a': 'a\n', 'src/gen': 'g\n', 'in/.git/refs/x': '' })
    scratch.write(dir, { 'in/.git/objects/x': '' })
    scratch.pipe(join(dir, 'in/.git/HEAD'))
    scratch.pipe(join(dir, 'pipe'))
    const found = await untrackedEntries(mirror, { dir, tree: treeOf() })
    expect(found.sort()).toEqual(['in', 'node_modules', 'src/gen'])
  })
})
