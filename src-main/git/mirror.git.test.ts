import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mirrorOf, opened, testGit } from './fixture/open.ts'
import { createScratch, fingerprint, type Scratch } from './fixture/raw-repository.ts'
import { openMirror, refresh } from './mirror.ts'
import { readRef } from './refs.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

const refsOf = (dir: string) =>
  scratch.git(dir, 'for-each-ref', '--format=%(refname)').split('\n').filter(Boolean)

describe('the mirror', () => {
  it('is bare, without templates or remotes, never collects garbage, and holds the user’s refs apart', async () => {
    const root = scratch.repository()
    scratch.git(root, 'branch', 'feature/ünï')
    scratch.git(root, 'tag', '-a', 'v1', '-m', 'one')
    scratch.git(root, 'update-ref', 'refs/notes/x', 'HEAD')
    const before = fingerprint(root)
    const mirror = await mirrorOf(scratch, root)
    expect(fingerprint(root)).toEqual(before)
    expect(refsOf(mirror.dir)).toEqual([
      'refs/origin/heads/feature/ünï',
      'refs/origin/heads/main',
      'refs/origin/tags/v1',
    ])
    expect(scratch.git(mirror.dir, 'config', 'core.bare')).toBe('true')
    expect(scratch.git(mirror.dir, 'config', 'gc.auto')).toBe('0')
    expect(scratch.git(mirror.dir, 'remote')).toBe('')
    for (const part of ['hooks', 'description'])
      expect(existsSync(join(mirror.dir, part))).toBe(false)
  })

  it('shares object files with the repository by hard links and works without it', async () => {
    const root = scratch.repository()
    const mirror = await mirrorOf(scratch, root)
    const commit = scratch.git(root, 'rev-parse', 'main')
    renameSync(root, `${root} away`)
    expect(scratch.git(mirror.dir, 'cat-file', '-t', commit)).toBe('commit')
    expect(scratch.git(mirror.dir, 'fsck', '--full')).toBe('')
  })

  it('follows the user’s refs and never touches ours', async () => {
    const root = scratch.repository()
    scratch.git(root, 'branch', 'gone')
    scratch.git(root, 'branch', 'a')
    const mirror = await mirrorOf(scratch, root)
    const first = scratch.git(root, 'rev-parse', 'main')
    const ours = [
      'refs/heads/session/s/integration',
      'refs/heads/main',
      'refs/thalogos/snapshots/1',
    ]
    for (const ref of ours) scratch.git(mirror.dir, 'update-ref', ref, first)
    scratch.git(root, 'branch', '-D', '-q', 'gone', 'a')
    // A branch where a folder of branches was: git cannot have both.
    scratch.git(root, 'branch', 'a/b')
    scratch.git(root, 'commit', '-q', '--allow-empty', '--amend', '-m', 'rewritten')
    await refresh(mirror)
    expect(refsOf(mirror.dir)).toEqual(
      [...ours, 'refs/origin/heads/a/b', 'refs/origin/heads/main'].sort(),
    )
    expect(await readRef(mirror, 'refs/origin/heads/main')).toBe(
      scratch.git(root, 'rev-parse', 'main'),
    )
    for (const ref of ours) expect(await readRef(mirror, ref)).toBe(first)
  })

  it('is opened many times at once, made once, and refreshed without a lock error', async () => {
    const root = scratch.repository()
    const git = await testGit()
    const repository = await opened(git, root)
    const dir = join(scratch.dir, 'data', 'mirror.git')
    await Promise.all(Array.from({ length: 8 }, () => openMirror(git, { dir, repository })))
    scratch.git(root, 'commit', '-q', '--allow-empty', '-m', 'second')
    const mirrors = await Promise.all(
      Array.from({ length: 8 }, () => openMirror(git, { dir, repository })),
    )
    const head = scratch.git(root, 'rev-parse', 'main')
    for (const mirror of mirrors) expect(await readRef(mirror, 'refs/origin/heads/main')).toBe(head)
    expect(readdirSync(dirname(dir))).toEqual(['mirror.git'])
  })

  it('is made again when a killed process left it half made', async () => {
    const root = scratch.repository()
    const git = await testGit()
    const repository = await opened(git, root)
    const dir = join(scratch.dir, 'data', 'mirror.git')
    scratch.write(`${dir}.making-0123`, { HEAD: 'ref: refs/heads/main\n' })
    scratch.write(dir, { 'objects/partial': 'x' })
    const mirror = await openMirror(git, { dir, repository })
    expect(refsOf(mirror.dir)).toEqual(['refs/origin/heads/main'])
    expect(scratch.git(mirror.dir, 'fsck', '--full')).toBe('')
    const [aside = '', ...rest] = readdirSync(dirname(dir)).filter((name) => name !== 'mirror.git')
    expect(rest).toEqual([])
    expect(readFileSync(join(dirname(dir), aside, 'objects/partial'), 'utf8')).toBe('x')
  })

  it('is rid of what stopped commands left half written when it is opened, and of nothing else', async () => {
    const root = scratch.repository()
    const { dir } = await mirrorOf(scratch, root)
    const names = [
      'pack/tmp_pack_old',
      '7f/tmp_obj_old',
      'pack/.tmp-1-pack-old',
      'pack/tmp_pack_new',
    ]
    scratch.write(join(dir, 'objects'), Object.fromEntries(names.map((name) => [name, 'x'])))
    const old = Date.now() / 1_000 - 2 * 60 * 60
    for (const name of names.slice(0, 3)) utimesSync(join(dir, 'objects', name), old, old)
    const { dir: again } = await mirrorOf(scratch, root)
    const there = names.filter((name) => existsSync(join(again, 'objects', name)))
    expect(there).toEqual(['pack/tmp_pack_new'])
    expect(scratch.git(again, 'cat-file', '-t', scratch.git(root, 'rev-parse', 'main'))).toBe(
      'commit',
    )
  })

  it('is made where object files cannot be shared, from alternates, and from a linked worktree', async () => {
    const root = scratch.repository()
    const head = scratch.git(root, 'rev-parse', 'main')
    const git = await testGit()
    const borrowing = join(scratch.dir, 'borrowing')
    scratch.git(scratch.dir, 'clone', '-q', '--shared', root, borrowing)
    const linked = join(scratch.dir, 'linked')
    scratch.git(root, 'worktree', 'add', '-q', linked)
    const elsewhere = scratch.repository({ 'e.txt': 'e\n' })
    const objects = join(scratch.dir, 'objects elsewhere')
    renameSync(join(elsewhere, '.git', 'objects'), objects)
    symlinkSync(objects, join(elsewhere, '.git', 'objects'))
    for (const [name, path] of Object.entries({ borrowing, linked, elsewhere })) {
      const repository = await opened(git, path)
      const mirror = await openMirror(git, { dir: join(scratch.dir, 'm', name), repository })
      const wanted = name === 'elsewhere' ? scratch.git(elsewhere, 'rev-parse', 'main') : head
      expect(await readRef(mirror, 'refs/origin/heads/main')).toBe(wanted)
    }
  })

  it('is made of a repository that another user owns, which the user named', async (context) => {
    if (process.getuid?.() !== 0) context.skip('only root can give a folder away')
    const root = scratch.repository()
    const nobody = 65_534
    for (const path of [root, join(root, '.git')]) chownSync(path, nobody, nobody)
    const mirror = await mirrorOf(scratch, root)
    expect(refsOf(mirror.dir)).toEqual(['refs/origin/heads/main'])
    await refresh(mirror)
  })

  it('runs nothing that the repository brings when it reads it', async () => {
    const root = scratch.repository()
    const canary = scratch.canary('mirror')
    for (const key of ['core.fsmonitor', 'uploadpack.packObjectsHook', 'core.sshCommand']) {
      scratch.git(root, 'config', key, canary.command)
    }
    await refresh(await mirrorOf(scratch, root))
    expect(canary.fired()).toBe(false)
  })

  it('keeps SHA-256', async () => {
    const root = scratch.repository(undefined, ['--object-format=sha256'])
    const mirror = await mirrorOf(scratch, root)
    expect(await readRef(mirror, 'refs/origin/heads/main')).toHaveLength(64)
  })

  it('takes the user’s excludes and the copied paths, each session its own', async () => {
    const root = scratch.repository()
    scratch.write(root, { '.git/info/exclude': '# mine\n*.secret\n' })
    const copy = ['.env', 'con fig/[x]*.json ', './sub/dir/', 'new\nline', '!bang', '#hash']
    const one = await mirrorOf(scratch, root, copy)
    const other = await mirrorOf(scratch, root)
    expect(readFileSync(other.excludesFile, 'utf8')).toBe('# mine\n*.secret\n')
    expect(one.excludesFile).not.toBe(other.excludesFile)
    const work = join(scratch.dir, 'work')
    const ignored = [
      'a.secret',
      '.env',
      'con fig/[x]*.json ',
      'sub/dir/deep',
      'new\nline',
      '!bang',
      '#hash',
    ]
    const seen = ['con fig/x1.json ', 'other/.env', 'bang', 'sub/dir2']
    for (const path of [...ignored, ...seen]) {
      mkdirSync(dirname(join(work, path)), { recursive: true })
      writeFileSync(join(work, path), '')
    }
    const place = { ...one.place, workTree: work, indexFile: join(scratch.dir, 'index') }
    const listed = await one.git.text(place, ['ls-files', '-z', '-o', '--exclude-standard'], {
      config: one.config,
    })
    expect(listed.split('\0').filter(Boolean).sort()).toEqual(seen.sort())
    rmSync(work, { recursive: true })
  })
})
