import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createScratch, type Scratch, unprivileged } from '../fixture/raw-repository.ts'
import { asCodex, type TaskFixture, taskOn } from '../fixture/task.ts'
import { commitContent } from './commit.ts'
import { takeSnapshot } from './snapshot.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

const HOOKS = [
  'post-checkout',
  'post-commit',
  'pre-commit',
  'reference-transaction',
  'post-index-change',
]

/** Everything that was seen to run code on a git call (a repository that the agent can write). */
function plant(gitDir: string, command: string): void {
  const settings: Record<string, string> = {
    'core.fsmonitor': command,
    'core.hooksPath': join(gitDir, 'hooks'),
    'filter.evil.clean': command,
    'filter.evil.smudge': command,
    'filter.evil.process': command,
    'filter.evil.required': 'true',
    'diff.evil.textconv': command,
    'diff.external': command,
    'merge.evil.driver': command,
    'gpg.program': command,
    'commit.gpgSign': 'true',
    'credential.helper': `!${command}`,
    'core.sshCommand': command,
    'core.editor': command,
    'core.pager': command,
  }
  for (const [key, value] of Object.entries(settings)) {
    execFileSync('git', ['config', '--file', join(gitDir, 'config'), key, value])
  }
  mkdirSync(join(gitDir, 'hooks'), { recursive: true })
  for (const hook of HOOKS) {
    writeFileSync(join(gitDir, 'hooks', hook), `#!/bin/sh\n${command} </dev/null\n`, {
      mode: 0o755,
    })
  }
}

/** Snapshots and commits; the code of the refusal or the commit's files. */
async function outcome({ mirror, worktree }: TaskFixture) {
  await takeSnapshot(mirror, worktree, { ref: 'refs/thalogos/snapshots/1', message: 'snapshot' })
  const result = await commitContent(mirror, worktree, asCodex)
  if (!result.ok) return result.error.code
  const { commit } = result.value
  return scratch.git(mirror.dir, 'ls-tree', '-r', '--name-only', commit).split('\n')
}

async function withoutRights(path: string, work: () => Promise<void>): Promise<void> {
  chmodSync(path, 0)
  try {
    await unprivileged(scratch.dir, work)
  } finally {
    chmodSync(path, 0o755)
  }
}

describe('what an agent plants', () => {
  it('in its clone never runs: hooks, filters, fsmonitor, textconv, drivers, signing', async () => {
    const task = await taskOn(scratch, scratch.repository({ 'a.evl': 'a\n' }))
    const { dir } = task.worktree
    const canary = scratch.canary('clone')
    plant(join(dir, '.git'), canary.command)
    scratch.write(dir, { '.gitattributes': '*.evl diff=evil merge=evil\n', 'a.evl': 'changed\n' })
    expect(await outcome(task)).toEqual(['.gitattributes', 'a.evl'])
    expect(canary.fired()).toBe(false)
    // The same plants do run where git is run in that clone: the canary is alive.
    scratch.git(dir, 'status')
    expect(canary.fired()).toBe(true)
  })

  it.each(['removed', 're-pointed', 'replaced by a link', 'replaced by a file', 'a pipe'])(
    'with its clone’s .git %s changes nothing of the commit',
    async (what) => {
      const task = await taskOn(scratch, scratch.repository())
      const { dir } = task.worktree
      const git = join(dir, '.git')
      const trap = scratch.repository({ 'trap.txt': 'trap\n' })
      const canary = scratch.canary('trap')
      plant(join(trap, '.git'), canary.command)
      rmSync(git, { recursive: true })
      if (what === 're-pointed') writeFileSync(git, `gitdir: ${join(trap, '.git')}\n`)
      if (what === 'replaced by a link') symlinkSync(join(trap, '.git'), git)
      if (what === 'replaced by a file') writeFileSync(git, 'nonsense')
      if (what === 'a pipe') scratch.pipe(git)
      // Above it lies a repository, into which git would walk by itself.
      scratch.git(join(dir, '..'), 'init', '-q')
      scratch.write(dir, { 'new.txt': 'n\n' })
      expect(await outcome(task)).toEqual(['new.txt', 'read me.md'])
      expect(canary.fired()).toBe(false)
    },
  )

  it('in the heads, refs and objects of its clone only costs the notes about its commits', async () => {
    const hostile: Record<string, (gitDir: string) => void> = {
      'a head that leads out': (gitDir) =>
        writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/../../../x\n'),
      'a head of megabytes': (gitDir) =>
        writeFileSync(join(gitDir, 'HEAD'), Buffer.alloc(5_000_000, 97)),
      'a head that is no commit': (gitDir) =>
        writeFileSync(join(gitDir, 'HEAD'), `${'0'.repeat(40)}\n`),
      'a head that is a pipe': (gitDir) => {
        rmSync(join(gitDir, 'HEAD'))
        scratch.pipe(join(gitDir, 'HEAD'))
      },
      'objects that are a link': (gitDir) => {
        renameSync(join(gitDir, 'objects'), join(gitDir, 'o'))
        symlinkSync('o', join(gitDir, 'objects'))
      },
      'an object that unfolds to something else': (gitDir) => {
        const head = scratch.git(join(gitDir, '..'), 'rev-parse', 'HEAD')
        const file = join(gitDir, 'objects', head.slice(0, 2), head.slice(2))
        chmodSync(file, 0o644)
        writeFileSync(file, Buffer.from('789c4bcacf4f02000293013d', 'hex'))
      },
    }
    const root = scratch.repository()
    for (const [name, harm] of Object.entries(hostile)) {
      rmSync(join(scratch.dir, 'data földer'), { recursive: true, force: true })
      const task = await taskOn(scratch, root)
      scratch.write(task.worktree.dir, { 'new.txt': 'n\n' })
      scratch.git(task.worktree.dir, 'add', '-A')
      scratch.git(task.worktree.dir, 'commit', '-q', '-m', 'SECRET WORDS')
      harm(join(task.worktree.dir, '.git'))
      const result = await commitContent(task.mirror, task.worktree, asCodex)
      if (!result.ok) throw new Error(`${name}: ${result.error.message}`)
      const body = scratch.git(task.mirror.dir, 'show', '-s', '--format=%b', result.value.commit)
      expect(body, name).toContain('could not be read')
      expect(body, name).not.toContain('SECRET WORDS')
    }
  })

  it('as a nested repository stops the task, and runs nothing', async () => {
    const task = await taskOn(scratch, scratch.repository({ 'src/a.evl': 'a\n' }))
    const { dir } = task.worktree
    const canary = scratch.canary('nested')
    const nested = join(dir, 'sub')
    mkdirSync(nested)
    scratch.git(nested, 'init', '-q')
    scratch.write(nested, { 'x.evl': 'x\n', '.gitattributes': '*.evl filter=evil\n' })
    scratch.git(nested, 'add', '-A')
    scratch.git(nested, 'commit', '-q', '-m', 'inner')
    plant(join(nested, '.git'), canary.command)
    writeFileSync(join(nested, 'x.evl'), 'y\n')
    expect(await outcome(task)).toBe('embedded_repository')
    const refused = await commitContent(task.mirror, task.worktree, asCodex)
    expect(refused).toMatchObject({ error: { details: { files: ['sub'] } } })
    expect(canary.fired()).toBe(false)
  })

  it.each([
    ['a .git in a tracked folder', 'src/.git/HEAD', 'src'],
    ['an empty file', 'deep/er/.git', 'deep/er'],
    ['another case', 'deep/.GIT/config', 'deep'],
    ['another case at the top', '.Git/config', '.'],
    ['a broken pointer', 'lib/.git', 'lib'],
  ])('as a nested .git of any form stops the task: %s', async (_, path, folder) => {
    const task = await taskOn(scratch, scratch.repository({ 'src/a.txt': 'a\n' }))
    scratch.write(task.worktree.dir, { [path]: 'gitdir: nowhere\n' })
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
      error: { code: 'embedded_repository', details: { files: [folder] } },
    })
  })

  it('as a nested repository in an ignored folder is no matter', async () => {
    const task = await taskOn(scratch, scratch.repository({ '.gitignore': 'node_modules\n' }))
    const inner = join(task.worktree.dir, 'node_modules', 'dep')
    mkdirSync(inner, { recursive: true })
    scratch.git(inner, 'init', '-q')
    scratch.write(task.worktree.dir, { 'a.txt': 'a\n' })
    expect(await outcome(task)).toEqual(['.gitignore', 'a.txt'])
  })

  it('as a link in its folder’s place is refused before anything is read', async () => {
    const task = await taskOn(scratch, scratch.repository())
    const { dir } = task.worktree
    const secrets = join(scratch.dir, 'secrets')
    scratch.write(secrets, { key: 'k\n' })
    renameSync(dir, `${dir} away`)
    symlinkSync(secrets, dir)
    expect(await outcome(task)).toBe('unreadable_content')
    expect(scratch.git(task.mirror.dir, 'for-each-ref', 'refs/thalogos')).toBe('')
  })
})

describe('submodules', () => {
  const withSubmodule = async () => {
    const sub = scratch.repository({ 'x.evl': 'x\n', '.gitattributes': '*.evl filter=evil\n' })
    const root = scratch.repository()
    scratch.git(root, 'submodule', '--quiet', 'add', sub, 'libs/sub')
    scratch.git(root, 'commit', '-q', '-m', 'submodule')
    return { task: await taskOn(scratch, root), sub }
  }
  const linkOf = (task: TaskFixture, commit: string) =>
    scratch.git(task.mirror.dir, 'ls-tree', commit, 'libs/sub')
  const committed = async ({ mirror, worktree }: TaskFixture) => {
    const result = await commitContent(mirror, worktree, asCodex)
    if (!result.ok) throw new Error(result.error.message)
    return result.value.commit
  }

  it('keep the base’s commit and never run their filters, filled or moved by the agent', async () => {
    const { task, sub } = await withSubmodule()
    const folder = join(task.worktree.dir, 'libs', 'sub')
    const canary = scratch.canary('submodule')
    rmSync(folder, { recursive: true })
    scratch.git(scratch.dir, 'clone', '-q', sub, folder)
    scratch.git(folder, 'commit', '-q', '--allow-empty', '-m', 'moved')
    plant(join(folder, '.git'), canary.command)
    scratch.write(folder, { 'x.evl': 'y\n' })
    scratch.write(task.worktree.dir, { 'new.txt': 'n\n' })
    await takeSnapshot(task.mirror, task.worktree, {
      ref: 'refs/thalogos/snapshots/1',
      message: 's',
    })
    expect(linkOf(task, await committed(task))).toBe(linkOf(task, task.base))
    expect(canary.fired()).toBe(false)
    expect(scratch.git(task.mirror.dir, 'show', 'refs/thalogos/snapshots/1:libs/sub/x.evl')).toBe(
      'y',
    )
  })

  it('keep the base’s commit when their folder is removed, filled with files, or broken', async () => {
    const { task } = await withSubmodule()
    const folder = join(task.worktree.dir, 'libs', 'sub')
    scratch.write(task.worktree.dir, { 'new.txt': 'n\n' })
    rmSync(folder, { recursive: true })
    expect(linkOf(task, await committed(task))).toBe(linkOf(task, task.base))
    scratch.write(folder, { 'plain.txt': 'p\n' })
    expect(linkOf(task, await committed(task))).toBe(linkOf(task, task.base))
    scratch.write(folder, { '.git': 'gitdir: /nowhere\n' })
    expect(linkOf(task, await committed(task))).toBe(linkOf(task, task.base))
    rmSync(join(folder, '.git'))
    scratch.git(folder, 'init', '-q')
    expect(linkOf(task, await committed(task))).toBe(linkOf(task, task.base))
  })

  it('cannot be replaced by something else', async () => {
    const { task } = await withSubmodule()
    rmSync(join(task.worktree.dir, 'libs'), { recursive: true })
    writeFileSync(join(task.worktree.dir, 'libs'), 'a file\n')
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
      error: { code: 'unreadable_content', details: { files: ['libs/sub'] } },
    })
  })
})

describe('what cannot be read or stored', () => {
  it('is refused by name: pipes, sockets, and not when ignored', async () => {
    const task = await taskOn(
      scratch,
      scratch.repository({ '.gitignore': 'tmp/\n', 'a.txt': 'a\n' }),
    )
    const { dir } = task.worktree
    mkdirSync(join(dir, 'tmp'))
    scratch.pipe(join(dir, 'tmp', 'ignored'))
    expect(await outcome(task)).toEqual(['.gitignore', 'a.txt'])
    scratch.pipe(join(dir, 'pi pe'))
    rmSync(join(dir, 'a.txt'))
    scratch.pipe(join(dir, 'a.txt'))
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
      error: { code: 'unreadable_content', details: { files: ['a.txt', 'pi pe'] } },
    })
    await takeSnapshot(task.mirror, task.worktree, {
      ref: 'refs/thalogos/snapshots/2',
      message: 's',
    })
  })

  it.each(['file', 'folder'])(
    'is refused by name: a %s without the right to read',
    async (name) => {
      const task = await taskOn(scratch, scratch.repository())
      scratch.write(task.worktree.dir, { file: 'f\n', 'folder/inner': 'i\n' })
      const locked = join(task.worktree.dir, name)
      await withoutRights(locked, async () => {
        expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
          error: { code: 'unreadable_content', message: expect.stringContaining(name) },
        })
        await takeSnapshot(task.mirror, task.worktree, {
          ref: 'refs/thalogos/snapshots/1',
          message: 's',
        })
      })
      const kept = scratch.git(
        task.mirror.dir,
        'ls-tree',
        '--name-only',
        'refs/thalogos/snapshots/1',
      )
      expect(kept).toContain(name === 'file' ? 'folder' : 'file')
    },
  )

  it('is refused by name: names that are one where case makes no difference', async () => {
    const root = scratch.repository({ 'dir/Read.md': 'r\n' })
    scratch.git(root, 'config', 'core.ignoreCase', 'true')
    const task = await taskOn(scratch, root)
    scratch.write(task.worktree.dir, { 'dir/READ.md': 'other\n' })
    expect(await commitContent(task.mirror, task.worktree, asCodex)).toMatchObject({
      error: { code: 'unreadable_content' },
    })
    rmSync(join(scratch.dir, 'data földer'), { recursive: true })
    scratch.git(root, 'config', 'core.ignoreCase', 'false')
    const other = await taskOn(scratch, root)
    scratch.write(other.worktree.dir, { 'dir/READ.md': 'other\n' })
    expect(await outcome(other)).toEqual(['dir/READ.md', 'dir/Read.md'])
  })

  it('is refused with git’s words: an encoding that does not fit', async () => {
    const task = await taskOn(scratch, scratch.repository())
    scratch.write(task.worktree.dir, {
      '.gitattributes': '*.u working-tree-encoding=UTF-16\n',
      'a.u': Buffer.from([0x61, 0x62, 0x63]),
    })
    expect(await outcome(task)).toBe('unreadable_content')
    const kept = scratch.git(task.mirror.dir, 'show', 'refs/thalogos/snapshots/1:a.u')
    expect(kept).toBe('abc')
  })
})
