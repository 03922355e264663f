import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mirrorOf } from '../fixture/open.ts'
import { createScratch, fingerprint, type Scratch } from '../fixture/raw-repository.ts'
import { taskOn } from '../fixture/task.ts'
import { readRef } from '../refs.ts'
import { createWorktree, openWorktree, trashWorktree } from './worktree.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

/** Files of every kind that git keeps. */
function mixedRepository(init: string[] = []): string {
  const root = scratch.repository(
    {
      'read me.md': '# one\n',
      'dir/zeile.txt': 'eins\r\nzwei\n',
      'dir/bin': Buffer.from([0, 1, 255]),
      'ü/ñame\nwith line.txt': 'odd\n',
      'run.sh': '#!/bin/sh\n',
      '.gitignore': 'out/\n.env\n',
    },
    init,
  )
  chmodSync(join(root, 'run.sh'), 0o755)
  symlinkSync('dir/zeile.txt', join(root, 'link'))
  scratch.git(root, 'add', '-A')
  scratch.git(root, 'commit', '-q', '-m', 'kinds')
  return root
}

describe('a worktree', () => {
  it('holds exactly the commit: bytes, executable bits, links, names', async () => {
    const root = mixedRepository()
    const { worktree } = await taskOn(scratch, root)
    expect(fingerprint(worktree.dir, ['.git'])).toEqual(fingerprint(root, ['.git']))
  })

  it('is a clone in which an agent can work and commit: clean, on its branch, as the user', async () => {
    const root = mixedRepository()
    const { worktree, base, mirror } = await taskOn(scratch, root)
    const { dir } = worktree
    expect(scratch.git(dir, 'status', '--porcelain')).toBe('')
    expect(scratch.git(dir, 'symbolic-ref', 'HEAD')).toBe('refs/heads/session/s1/task/t1')
    expect(scratch.git(dir, 'rev-parse', 'HEAD')).toBe(base)
    expect(scratch.git(dir, 'log', '--oneline').split('\n')).toHaveLength(2)
    expect(scratch.git(dir, 'config', 'user.email')).toBe('ada@example.invalid')
    expect(await readRef(mirror, 'refs/heads/session/s1/task/t1')).toBe(base)
    scratch.write(dir, { 'new.txt': 'n\n' })
    scratch.git(dir, 'add', '-A')
    scratch.git(dir, 'commit', '-q', '-m', 'mine')
    expect(scratch.git(dir, 'fsck')).toBe('')
    expect(await readRef(mirror, 'refs/heads/session/s1/task/t1')).toBe(base)
    expect(scratch.git(mirror.dir, 'fsck')).toBe('')
  })

  it('borrows objects and shares nothing else: no remote, hook, stash or object of its own', async () => {
    const root = mixedRepository()
    scratch.git(root, 'config', 'alias.mine', 'status')
    writeFileSync(join(root, '.git', 'hooks', 'pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    writeFileSync(join(root, 'read me.md'), 'stashed\n')
    scratch.git(root, 'stash')
    const before = fingerprint(root)
    const { worktree, mirror } = await taskOn(scratch, root)
    const gitDir = join(worktree.dir, '.git')
    expect(scratch.git(worktree.dir, 'remote')).toBe('')
    expect(scratch.git(worktree.dir, 'for-each-ref', '--format=%(refname)')).toBe(
      'refs/heads/session/s1/task/t1',
    )
    expect(scratch.git(worktree.dir, 'config', '--local', '--list')).not.toMatch(/alias|remote|url/)
    expect(readdirSync(join(gitDir, 'hooks'))).toEqual([])
    expect(readFileSync(join(gitDir, 'objects/info/alternates'), 'utf8')).toBe(
      `${join(mirror.dir, 'objects')}\n`,
    )
    expect(scratch.git(worktree.dir, 'count-objects')).toBe('0 objects, 0 kilobytes')
    expect(fingerprint(root)).toEqual(before)
  })

  it('keeps what an agent does to its clone away from everyone else', async () => {
    const root = mixedRepository()
    const { worktree, mirror, base } = await taskOn(scratch, root)
    const before = { root: fingerprint(root), mirror: scratch.git(mirror.dir, 'for-each-ref') }
    scratch.write(worktree.dir, { 'read me.md': 'other\n' })
    scratch.git(worktree.dir, 'stash')
    scratch.git(worktree.dir, 'config', 'core.bare', 'true')
    scratch.git(worktree.dir, 'gc', '-q', '--prune=now')
    scratch.git(worktree.dir, 'update-ref', '-d', 'refs/heads/session/s1/task/t1')
    expect(fingerprint(root)).toEqual(before.root)
    expect(scratch.git(mirror.dir, 'for-each-ref')).toBe(before.mirror)
    const other = await createWorktree(mirror, {
      dir: join(scratch.dir, 'other'),
      branch: 'session/s1/task/t2',
      commit: base,
    })
    expect(scratch.git(other.dir, 'status', '--porcelain')).toBe('')
    expect(scratch.git(other.dir, 'stash', 'list')).toBe('')
  })

  it('is made eight times at once without a lock error', async () => {
    const root = mixedRepository()
    const { mirror, base } = await taskOn(scratch, root)
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        createWorktree(mirror, {
          dir: join(scratch.dir, `at once ${i}`),
          branch: `session/s1/task/n${i}`,
          commit: base,
        }),
      ),
    )
    for (const { dir } of made) expect(scratch.git(dir, 'status', '--porcelain')).toBe('')
  })

  it('keeps bytes whatever line ends the user’s own configuration converts', async () => {
    const root = mixedRepository()
    scratch.git(root, 'config', 'core.autocrlf', 'true')
    const { worktree } = await taskOn(scratch, root)
    expect(readFileSync(join(worktree.dir, 'read me.md'), 'utf8')).toBe('# one\n')
    scratch.write(worktree.dir, { 'read me.md': 'x\n' })
    scratch.git(worktree.dir, '-c', 'core.eol=crlf', 'checkout', '-q', '--', 'read me.md')
    expect(readFileSync(join(worktree.dir, 'read me.md'), 'utf8')).toBe('# one\n')
  })

  it('serves SHA-256', async () => {
    const { worktree, base } = await taskOn(scratch, mixedRepository(['--object-format=sha256']))
    expect(base).toHaveLength(64)
    expect(scratch.git(worktree.dir, 'status', '--porcelain')).toBe('')
    scratch.git(worktree.dir, 'commit', '-q', '--allow-empty', '-m', 'mine')
  })

  it('ignores in the clone what the user ignores and what is copied', async () => {
    const root = mixedRepository()
    scratch.write(root, { '.git/info/exclude': '*.mine\n', 'local/key': 'k\n' })
    const { worktree } = await taskOn(scratch, root, ['local'])
    scratch.write(worktree.dir, { 'a.mine': '' })
    expect(scratch.git(worktree.dir, 'status', '--porcelain')).toBe('')
  })

  it('never fills a folder that holds something', async () => {
    const { mirror, base } = await taskOn(scratch, mixedRepository())
    const dir = join(scratch.dir, 'taken')
    scratch.write(dir, { 'work.txt': 'work\n' })
    await expect(createWorktree(mirror, { dir, branch: 'x/y', commit: base })).rejects.toThrow(
      /empty/,
    )
    expect(readdirSync(dir)).toEqual(['work.txt'])
    expect(await readRef(mirror, 'refs/heads/x/y')).toBeUndefined()
  })

  it('is whole or not there: a try that fails or was killed leaves nothing in its place', async () => {
    const { mirror, base, worktree } = await taskOn(scratch, mixedRepository())
    const dir = join(scratch.dir, 'again')
    const options = { dir, branch: 'session/s1/task/t2', commit: base }
    await expect(createWorktree(mirror, { ...options, commit: '0'.repeat(40) })).rejects.toThrow()
    expect(existsSync(dir)).toBe(false)
    scratch.write(`${dir}.making`, { 'half/made': 'h\n', '.git/HEAD': 'h\n' })
    writeFileSync(`${dir}.index.lock`, '')
    await createWorktree(mirror, options)
    expect(fingerprint(dir, ['.git'])).toEqual(fingerprint(worktree.dir, ['.git']))
    expect(
      readdirSync(scratch.dir)
        .filter((name) => name.startsWith('again'))
        .sort(),
    ).toEqual(['again', 'again.index'])
    expect(scratch.git(dir, 'status', '--porcelain')).toBe('')
  })

  it('goes to the trash whole, with ignored files and its own history, and works from there', async () => {
    const { worktree, mirror, base } = await taskOn(scratch, mixedRepository())
    scratch.write(worktree.dir, { '.env': 'secret\n', 'out/x': '' })
    const before = fingerprint(worktree.dir)
    const trash = join(scratch.dir, 'trash can')
    const to = await trashWorktree(worktree, trash)
    expect(existsSync(worktree.dir)).toBe(false)
    expect(existsSync(worktree.indexFile)).toBe(false)
    expect(fingerprint(to)).toEqual(before)
    expect(existsSync(openWorktree(mirror, { dir: to, branch: 'b', base }).indexFile)).toBe(true)
    expect(scratch.git(to, 'status', '--porcelain')).toBe('')
  })
})

describe('copying paths', () => {
  it('copies files and folders with their rights, and skips what is missing', async () => {
    const root = mixedRepository()
    scratch.write(root, { '.env': 'KEY=1\n', 'out/a/b.txt': 'b\n', 'out/tool': '#!/bin/sh\n' })
    chmodSync(join(root, 'out/tool'), 0o755)
    chmodSync(join(root, '.env'), 0o600)
    const { worktree } = await taskOn(scratch, root, ['.env', 'out', 'missing', 'missing/deep'])
    const copied = fingerprint(worktree.dir, ['.git'])
    expect(copied['.env']).toBe(fingerprint(root)['.env'])
    expect(copied['out/tool']).toBe(fingerprint(root)['out/tool'])
    expect(copied['out/a/b.txt']).toBe(fingerprint(root)['out/a/b.txt'])
    expect(copied['missing']).toBeUndefined()
  })

  it('never follows a link out of either side, and never replaces what the commit has', async () => {
    const outside = join(scratch.dir, 'outside')
    scratch.write(outside, { secret: 's\n', 'dir/secret': 's\n' })
    const root = mixedRepository()
    symlinkSync(outside, join(root, 'tracked out'))
    scratch.git(root, 'add', 'tracked out')
    scratch.git(root, 'commit', '-q', '-m', 'a link of the user’s')
    writeFileSync(join(root, 'read me.md'), 'not committed\n')
    mkdirSync(join(root, 'out'))
    symlinkSync('../read me.md', join(root, 'out/in'))
    symlinkSync('../../outside/secret', join(root, 'out/escapes'))
    symlinkSync(join(outside, 'secret'), join(root, 'out/absolute'))
    symlinkSync(outside, join(root, '.env'))
    const copy = [
      'out',
      '.env',
      'tracked out/secret',
      '../outside/secret',
      '.git/config',
      'read me.md',
    ]
    const { worktree } = await taskOn(scratch, root, copy)
    expect(readdirSync(join(worktree.dir, 'out'))).toEqual(['in'])
    expect(readlinkSync(join(worktree.dir, 'out/in'))).toBe('../read me.md')
    expect(existsSync(join(worktree.dir, '.env'))).toBe(false)
    expect(lstatSync(join(worktree.dir, 'tracked out')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(worktree.dir, 'read me.md'), 'utf8')).toBe('# one\n')
    expect(readdirSync(outside).sort()).toEqual(['dir', 'secret'])
  })

  it('writes nothing through a link that the commit has in a folder’s place', async () => {
    const outside = join(scratch.dir, 'outside')
    mkdirSync(outside)
    const root = mixedRepository()
    symlinkSync(outside, join(root, 'conf'))
    scratch.git(root, 'add', 'conf')
    scratch.git(root, 'commit', '-q', '-m', 'link')
    const commit = scratch.git(root, 'rev-parse', 'HEAD')
    scratch.git(root, 'rm', '-q', 'conf')
    scratch.write(root, { 'conf/key': 'k\n' })
    const mirror = await mirrorOf(scratch, root, ['conf'])
    const dir = join(scratch.dir, 'w')
    await createWorktree(mirror, { dir, branch: 'a/b', commit, copy: ['conf', 'conf/key'] })
    expect(readdirSync(outside)).toEqual([])
  })
})
