import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitContent } from './content/commit.ts'
import type { Git } from './exec.ts'
import { opened, testGit } from './fixture/open.ts'
import { createScratch, fingerprint, type Scratch } from './fixture/raw-repository.ts'
import { asCodex } from './fixture/task.ts'
import { openMirror } from './mirror.ts'
import { readFileAt } from './read-file-at.ts'
import { readRef } from './refs.ts'
import { openRepository } from './repository.ts'
import { chooseTarget, countUncommitted } from './target.ts'
import { createWorktree } from './worktree/worktree.ts'

let scratch: Scratch
let git: Git
beforeEach(async () => {
  scratch = createScratch()
  git = await testGit()
})
afterEach(() => scratch.remove())

const codeOf = async (path: string): Promise<string> => {
  const result = await openRepository(git, path)
  return result.ok ? 'opened' : result.error.code
}

describe('opening a repository', () => {
  it('finds the top folder from the top, from below, through a link and from .git', async () => {
    const root = scratch.repository({ 'deep/er/file.txt': 'x\n' })
    const link = join(scratch.dir, 'a link')
    symlinkSync(root, link)
    for (const path of [
      root,
      join(root, 'deep', 'er'),
      link,
      join(link, 'deep'),
      join(root, '.git'),
    ]) {
      const repository = await opened(git, path)
      expect(repository).toMatchObject({
        root,
        gitDir: join(root, '.git'),
        commonDir: join(root, '.git'),
        identity: { name: 'Ada User', email: 'ada@example.invalid' },
        objectFormat: 'sha1',
        core: { fileMode: true, ignoreCase: false, symlinks: true, precomposeUnicode: false },
      })
    }
  })

  it('opens one on a path with line feeds, and a mirror of it in such a data folder serves its clones', async () => {
    const root = join(scratch.dir, 'new\nline"\\\n')
    renameSync(scratch.repository({ 'a.txt': 'a\n' }), root)
    const linked = join(scratch.dir, 'linked\n')
    scratch.git(root, 'worktree', 'add', '-q', '-b', 'linked', linked)
    expect(await opened(git, linked)).toMatchObject({ root: linked, commonDir: join(root, '.git') })
    const repository = await opened(git, root)
    expect(repository).toMatchObject({ root, commonDir: join(root, '.git'), objectFormat: 'sha1' })
    const data = join(scratch.dir, 'da"ta\n\\földer')
    const mirror = await openMirror(git, { dir: join(data, 'mirror.git'), repository })
    const commit = scratch.git(root, 'rev-parse', 'main')
    expect(await readRef(mirror, 'refs/origin/heads/main')).toBe(commit)
    const dir = join(data, 'work')
    const worktree = await createWorktree(mirror, { dir, branch: 'task', commit })
    expect(scratch.git(dir, 'status', '--porcelain')).toBe('')
    expect(scratch.git(dir, 'show', 'HEAD:a.txt')).toBe('a')
    scratch.write(dir, { 'b.txt': 'b\n' })
    expect(await commitContent(mirror, worktree, asCodex)).toMatchObject({ ok: true })
  })

  it('opens a linked worktree of the user as itself, also one of a bare repository', async () => {
    const root = scratch.repository()
    const linked = join(scratch.dir, 'linked wörk')
    scratch.git(root, 'worktree', 'add', '-q', '-b', 'linked', linked)
    expect(await opened(git, linked)).toMatchObject({ root: linked, commonDir: join(root, '.git') })
    const bare = join(scratch.dir, 'bare.git')
    scratch.git(scratch.dir, 'clone', '-q', '--bare', root, bare)
    const ofBare = join(scratch.dir, 'of bare')
    scratch.git(bare, 'worktree', 'add', '-q', ofBare, 'main')
    expect(await opened(git, ofBare)).toMatchObject({ root: ofBare, commonDir: bare })
  })

  it('opens a submodule, whose working tree its configuration names', async () => {
    const sub = scratch.repository({ 's.txt': 's\n' })
    const root = scratch.repository()
    scratch.git(root, 'submodule', '--quiet', 'add', sub, 'sub')
    const repository = await opened(git, join(root, 'sub'))
    expect(repository.root).toBe(join(root, 'sub'))
    expect(repository.gitDir).toBe(join(root, '.git', 'modules', 'sub'))
  })

  it('opens SHA-256, and takes core settings and excludes as the user has them', async () => {
    const root = scratch.repository(undefined, ['--object-format=sha256'])
    scratch.git(root, 'config', 'core.ignoreCase', 'true')
    scratch.git(root, 'config', 'core.fileMode', 'off')
    const excludes = join(scratch.dir, 'my ignores')
    writeFileSync(excludes, '*.global')
    scratch.git(root, 'config', 'core.excludesFile', excludes)
    scratch.write(root, { '.git/info/exclude': '*.local\n' })
    expect(await opened(git, root)).toMatchObject({
      objectFormat: 'sha256',
      core: { ignoreCase: true, fileMode: false },
      excludes: '*.global\n*.local\n',
    })
  })

  it('refuses what is no repository', async () => {
    const empty = join(scratch.dir, 'empty')
    mkdirSync(empty)
    writeFileSync(join(scratch.dir, 'file'), '')
    const pointer = join(scratch.dir, 'pointer')
    scratch.write(pointer, { '.git': 'gitdir: ../nowhere\n' })
    const odd = scratch.repository()
    scratch.git(odd, 'config', 'core.repositoryFormatVersion', '99')
    const paths = [empty, join(scratch.dir, 'file'), join(scratch.dir, 'missing'), pointer, odd]
    for (const path of [...paths, 'x\0y', `/${'n'.repeat(5_000)}`]) {
      expect(await codeOf(path)).toBe('not_a_repository')
    }
  })

  it('refuses a bare repository, however it is named', async () => {
    const root = scratch.repository()
    const bare = join(scratch.dir, 'bare')
    scratch.git(scratch.dir, 'clone', '-q', '--bare', root, bare)
    expect(await codeOf(bare)).toBe('bare_repository')
    expect(await codeOf(join(bare, 'refs'))).toBe('bare_repository')
    scratch.git(root, 'config', 'core.bare', 'true')
    expect(await codeOf(root)).toBe('bare_repository')
  })

  it('refuses a partial clone and a shallow one', async () => {
    const root = scratch.repository()
    writeFileSync(join(root, 'b.txt'), 'b\n')
    scratch.git(root, 'add', '-A')
    scratch.git(root, 'commit', '-q', '-m', 'second')
    scratch.git(root, 'config', 'uploadpack.allowFilter', 'true')
    const partial = join(scratch.dir, 'partial')
    scratch.git(
      scratch.dir,
      'clone',
      '-q',
      '--filter=blob:none',
      `file://${encodeURI(root)}`,
      partial,
    )
    expect(await codeOf(partial)).toBe('partial_clone')
    const shallow = join(scratch.dir, 'shallow')
    scratch.git(scratch.dir, 'clone', '-q', '--depth=1', `file://${encodeURI(root)}`, shallow)
    expect(await codeOf(shallow)).toBe('shallow_clone')
    scratch.git(shallow, 'fetch', '-q', '--unshallow')
    expect(await codeOf(shallow)).toBe('opened')
  })

  it('refuses a repository without a commit, not one whose HEAD alone has none', async () => {
    const root = join(scratch.dir, 'new')
    mkdirSync(root)
    scratch.git(root, 'init', '-q', '-b', 'main')
    expect(await codeOf(root)).toBe('no_commit')
    const other = scratch.repository()
    scratch.git(other, 'symbolic-ref', 'HEAD', 'refs/heads/unborn')
    expect(await codeOf(other)).toBe('opened')
  })

  it('refuses a repository that cannot be written', async (context) => {
    const root = scratch.repository()
    const objects = join(root, '.git', 'objects')
    const isRoot = process.getuid?.() === 0
    // Rights do not bind root; the immutable mark of the file system does.
    const protect = (on: boolean) => {
      if (isRoot)
        execFileSync('sh', ['-c', 'chattr "$0" "$1"', on ? '+i' : '-i', objects], {
          stdio: 'ignore',
        })
      else chmodSync(objects, on ? 0o555 : 0o755)
    }
    try {
      protect(true)
    } catch {
      context.skip('this file system has no immutable mark')
    }
    try {
      expect(await openRepository(git, root)).toMatchObject({
        error: { code: 'no_write_access', message: expect.stringContaining(objects) },
      })
    } finally {
      protect(false)
    }
    expect(await codeOf(root)).toBe('opened')
  })

  it('changes nothing by looking', async () => {
    const root = scratch.repository()
    writeFileSync(join(root, 'untracked'), '')
    const before = fingerprint(root)
    const repository = await opened(git, root)
    await countUncommitted(git, repository)
    await chooseTarget(git, repository)
    expect(fingerprint(root)).toEqual(before)
  })

  it('names an author even where none is configured', async () => {
    const root = scratch.repository()
    scratch.git(root, 'config', '--unset', 'user.name')
    scratch.git(root, 'config', '--unset', 'user.email')
    scratch.git(root, 'config', 'user.useConfigOnly', 'true')
    const { identity } = await opened(git, root)
    expect(identity.name).not.toBe('')
    expect(identity.email).toMatch(/.@./)
  })
})

describe('choosing the target', () => {
  it('takes the one wanted, else main, else the current branch', async () => {
    const root = scratch.repository()
    scratch.git(root, 'checkout', '-q', '-b', 'zweig/ä')
    const head = scratch.git(root, 'rev-parse', 'HEAD')
    const repository = await opened(git, root)
    const chosen = async (wanted?: string) => {
      const target = await chooseTarget(git, repository, wanted)
      return target.ok ? target.value.target : target.error.code
    }
    expect(await chosen('zweig/ä')).toBe('zweig/ä')
    expect(await chooseTarget(git, repository)).toEqual({
      ok: true,
      value: { target: 'main', commit: head },
    })
    const hostile = [
      '',
      'nope',
      '-x',
      '--all',
      '../../HEAD',
      'main^',
      'main@{0}',
      'a b',
      '*',
      'a\0b',
      'a\nb',
    ]
    for (const wanted of hostile) {
      expect(await chosen(wanted)).toBe('target_missing')
    }
    scratch.git(root, 'branch', '-D', '-q', 'main')
    expect(await chosen()).toBe('zweig/ä')
    scratch.git(root, 'symbolic-ref', 'HEAD', 'refs/heads/unborn')
    expect(await chosen()).toBe('no_commit')
    scratch.git(root, 'checkout', '-q', '--detach', head)
    expect(await chosen()).toBe('target_missing')
  })
})

describe('counting what is not committed', () => {
  it('counts changed, staged, deleted and untracked paths, not ignored ones, and leaves the index alone', async () => {
    const root = scratch.repository({
      'a.txt': 'a\n',
      'b.txt': 'b\n',
      'c.txt': 'c\n',
      '.gitignore': 'ignored\n',
    })
    const repository = await opened(git, root)
    // Same content, new time: the case in which a plain `git status` rewrites the index.
    writeFileSync(join(root, 'c.txt'), 'c\n')
    const before = fingerprint(root)
    expect(await countUncommitted(git, repository)).toBe(0)
    expect(fingerprint(root)).toEqual(before)
    writeFileSync(join(root, 'a.txt'), 'changed\n')
    rmSync(join(root, 'b.txt'))
    scratch.write(root, { 'new/1': '', 'new/2\n3': '', ignored: '' })
    renameSync(join(root, 'c.txt'), join(root, 'd.txt'))
    scratch.git(root, 'add', 'd.txt')
    expect(await countUncommitted(git, repository)).toBe(6)
  })
})

describe('reading a file of a commit', () => {
  it('gives the bytes, and nothing for what is no file', async () => {
    const bytes = Buffer.from([0, 255, 10, 13])
    const root = scratch.repository({ 'di r/bytes': bytes, '*.md': 'star\n', 'x.md': 'x\n' })
    symlinkSync('x.md', join(root, 'link'))
    scratch.git(root, 'add', '-A')
    scratch.git(root, 'commit', '-q', '-m', 'link')
    const { place } = await opened(git, root)
    const commit = scratch.git(root, 'rev-parse', 'HEAD')
    const read = (path: string) => readFileAt(git, place, { commit, path })
    expect(await read('di r/bytes')).toEqual(bytes)
    expect((await read('*.md'))?.toString()).toBe('star\n')
    for (const path of ['none', 'di r', 'di r/', 'link', '-x', ':/x.md']) {
      expect(await read(path)).toBeUndefined()
    }
  })
})
