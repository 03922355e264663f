import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../base/index.ts'
import { createGit, GitError } from './exec.ts'
import { testGit } from './fixture/open.ts'
import { createScratch, type Scratch } from './fixture/raw-repository.ts'
import { locateGit } from './locate.ts'

let scratch: Scratch
let before: NodeJS.ProcessEnv
beforeEach(() => {
  scratch = createScratch()
  before = { ...process.env }
})
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
  scratch.remove()
})

describe('the git that runs', () => {
  it('is deaf to every GIT_ variable of the caller', async () => {
    const root = scratch.repository()
    const other = scratch.repository({ 'other.txt': 'other\n' })
    const canary = scratch.canary('hostile')
    const git = await testGit()
    process.env['GIT_DIR'] = join(other, '.git')
    process.env['GIT_WORK_TREE'] = other
    process.env['GIT_INDEX_FILE'] = join(scratch.dir, 'no-index')
    process.env['GIT_OBJECT_DIRECTORY'] = join(scratch.dir, 'no-objects')
    process.env['GIT_NAMESPACE'] = 'elsewhere'
    process.env['GIT_EXEC_PATH'] = scratch.dir
    process.env['GIT_EXTERNAL_DIFF'] = canary.command
    process.env['GIT_CONFIG_COUNT'] = '1'
    process.env['GIT_CONFIG_KEY_0'] = 'core.fsmonitor'
    process.env['GIT_CONFIG_VALUE_0'] = canary.command
    process.env['GIT_TRACE'] = join(scratch.dir, 'trace')
    process.env['GIT_AUTHOR_NAME'] = 'Nobody'
    const place = { profile: 'user', gitDir: join(root, '.git'), workTree: root } as const
    expect(await git.text(place, ['rev-parse', 'HEAD'])).toBe(
      scratch.git(root, 'rev-parse', 'HEAD'),
    )
    expect(await git.text(place, ['status', '--porcelain'])).toBe('')
    writeFileSync(join(root, 'read me.md'), 'changed\n')
    expect(await git.text(place, ['diff', '--stat', '--ext-diff'])).toContain('read me.md')
    expect(await git.text(place, ['var', 'GIT_AUTHOR_IDENT'])).toMatch(/^Ada User </)
    expect(await git.text(place, ['-c', 'alias.e=!env', 'e'])).not.toMatch(
      /^GIT_(TRACE|NAMESPACE|CONFIG_COUNT|OBJECT_DIRECTORY|EXTERNAL_DIFF)=/m,
    )
    expect(canary.fired()).toBe(false)
  })

  it('never looks for a repository by itself', async () => {
    const root = scratch.repository()
    const inside = join(root, 'deep')
    mkdirSync(inside)
    const git = await testGit()
    const place = { profile: 'mirror', gitDir: inside } as const
    await expect(git.text(place, ['rev-parse', 'HEAD'])).rejects.toThrow(GitError)
    await expect(git.text(undefined, ['rev-parse', '--git-dir'])).rejects.toThrow(GitError)
  })

  it('reads no system or global configuration for a mirror, and the user’s for their repository', async () => {
    const home = join(scratch.dir, 'home')
    scratch.write(home, {
      '.gitconfig': '[test]\n\tglobal = yes\n',
      '.config/git/ignore': '*.global\n',
      '.config/git/attributes': '*.bin filter=global\n',
    })
    const gitDir = join(scratch.dir, 'apart.git')
    const root = scratch.repository(undefined, [`--separate-git-dir=${gitDir}`])
    scratch.write(root, { 'x.global': '' })
    process.env['HOME'] = home
    delete process.env['XDG_CONFIG_HOME']
    delete process.env['GIT_CONFIG_GLOBAL']
    delete process.env['GIT_CONFIG_NOSYSTEM']
    const git = await testGit()
    const at = { gitDir, workTree: root }
    const asked = async (profile: 'mirror' | 'user') => ({
      setting: (
        await git.run({ ...at, profile }, ['config', 'test.global'], { expect: [1] })
      ).stdout
        .toString()
        .trim(),
      untracked: await git.text({ ...at, profile }, ['ls-files', '-o', '--exclude-standard']),
      filter: await git.text({ ...at, profile }, ['check-attr', 'filter', 'a.bin']),
    })
    expect(await asked('user')).toEqual({
      setting: 'yes',
      untracked: '',
      filter: 'a.bin: filter: global',
    })
    expect(await asked('mirror')).toEqual({
      setting: '',
      untracked: 'x.global',
      filter: 'a.bin: filter: unspecified',
    })
  })

  it('runs no hook and no fsmonitor of either profile', async () => {
    const root = scratch.repository()
    const canary = scratch.canary('hook')
    scratch.git(root, 'config', 'core.fsmonitor', canary.command)
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
      const file = join(root, '.git', 'hooks', hook)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, `#!/bin/sh\n${canary.command} </dev/null\n`)
      chmodSync(file, 0o755)
    }
    const git = await testGit()
    for (const profile of ['mirror', 'user'] as const) {
      const place = { profile, gitDir: join(root, '.git'), workTree: root }
      await git.run(place, ['status'])
      await git.run(place, ['checkout', '-q', '-B', 'elsewhere'])
      await git.run(place, ['update-ref', 'refs/heads/new', 'HEAD'])
    }
    expect(canary.fired()).toBe(false)
    scratch.git(root, 'status')
    expect(canary.fired()).toBe(true)
  })

  it('says what failed, and keeps an exit code that was expected', async () => {
    const root = scratch.repository()
    const git = await testGit()
    const place = { profile: 'user', gitDir: join(root, '.git') } as const
    const failure = await git.run(place, ['rev-parse', '--verify', 'nothing']).catch((e) => e)
    expect(failure).toBeInstanceOf(GitError)
    expect(failure).toMatchObject({ exitCode: 128, stderr: expect.stringContaining('Needed') })
    const expected = await git.run(place, ['config', 'no.such'], { expect: [1] })
    expect(expected.exitCode).toBe(1)
  })

  it('gives up a command when told to, and says so as a failed command', async () => {
    const root = scratch.repository()
    const git = await testGit()
    const place = { profile: 'user', gitDir: join(root, '.git') } as const
    const stopped = git.run(place, ['-c', 'alias.w=!sleep 30', 'w'], {
      signal: AbortSignal.timeout(200),
    })
    await expect(stopped).rejects.toMatchObject({ name: 'GitError', exitCode: -1 })
  })

  it('is stopped at its deadline, dead when that is said, and holds up nobody else', async () => {
    const root = scratch.repository()
    const git = await testGit()
    // A pipe where git reads a file: without a deadline it waits for a writer for ever.
    scratch.pipe(join(root, '.gitignore'))
    // An index for each, or they would only wait for one another's lock.
    const indexes = Array.from({ length: 20 }, (_, n) => join(scratch.dir, `index-${n}`))
    const stuck = indexes.map((indexFile) => {
      const place = {
        profile: 'mirror',
        gitDir: join(root, '.git'),
        workTree: root,
        indexFile,
      } as const
      return git.run(place, ['add', '-A'], { deadlineMs: 1_500 }).catch((error: unknown) => error)
    })
    await git.run({ profile: 'user', gitDir: join(root, '.git') }, ['rev-parse', 'HEAD'], {
      deadlineMs: 1_000,
    })
    const [first] = await Promise.all(stuck.slice(0, 1))
    expect(first).toMatchObject({ name: 'GitError', code: 'ETIMEDOUT', exitCode: -1 })
    expect(first).toBeInstanceOf(GitError)
    rmSync(join(root, '.gitignore'))
    await Promise.all(stuck)
    expect(indexes.filter((file) => existsSync(`${file}.lock`))).toEqual([])
  }, 60_000)

  it('is killed when it does not listen', async () => {
    const root = scratch.repository()
    const git = await testGit()
    const place = { profile: 'user', gitDir: join(root, '.git') } as const
    const pidFile = join(scratch.dir, 'pid')
    const deaf = `trap '' TERM; echo $PPID > "${pidFile}"; kill -STOP $PPID; sleep 9`
    const ended = git.run(place, ['-c', `alias.d=!${deaf}`, 'd'], { deadlineMs: 500 })
    await expect(ended).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    const pid = Number(readFileSync(pidFile, 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  }, 20_000)

  it('sees the end of its input when none is given', async () => {
    const root = scratch.repository()
    const git = await testGit()
    const place = { profile: 'user', gitDir: join(root, '.git') } as const
    expect(await git.text(place, ['cat-file', '--batch'])).toBe('')
  })

  it('knows a full disk by its words', () => {
    const full = 'error: file write error: No space left on device\n'
    expect(new GitError(['add'], { exitCode: 128, stderr: full })).toMatchObject({
      diskFull: true,
      code: 'ENOSPC',
    })
    expect(new GitError(['add'], { exitCode: 128, stderr: 'fatal: bad' }).diskFull).toBe(false)
  })
})

describe('finding git', () => {
  const script = (folder: string, text: string) => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'git'), text)
    chmodSync(join(folder, 'git'), 0o755)
  }

  it('asks each git on PATH where it lies, and skips what does not answer', async () => {
    const real = scratch.git(scratch.dir, '--exec-path')
    script(join(scratch.dir, 'broken'), '#!/bin/sh\nexit 1\n')
    script(join(scratch.dir, 'shim'), `#!/bin/sh\nPATH=${process.env['PATH']} exec git "$@"\n`)
    const path = ['', 'relative', join(scratch.dir, 'none'), join(scratch.dir, 'broken')]
    expect(await locateGit({ PATH: path.join(':') })).toBeUndefined()
    const home = await locateGit({ PATH: [...path, join(scratch.dir, 'shim')].join(':') })
    expect(home?.env['GIT_EXEC_PATH']).toBe(real)
    const hostile = { PATH: join(scratch.dir, 'shim'), GIT_EXEC_PATH: '/hostile' }
    expect((await locateGit(hostile))?.env['GIT_EXEC_PATH']).toBe(real)
  })

  it('finds a git in a prefix of its own by its libexec folder', async () => {
    const prefix = join(scratch.dir, 'prefix')
    const core = join(prefix, 'libexec', 'git-core')
    mkdirSync(core, { recursive: true })
    script(join(prefix, 'bin'), `#!/bin/sh\n[ "$1" = --exec-path ] && echo "${core}"\n`)
    expect(await locateGit({ PATH: join(prefix, 'bin') })).toMatchObject({
      embedded: false,
      env: { LOCAL_GIT_DIRECTORY: prefix, GIT_EXEC_PATH: core },
    })
  })

  it('refuses to go on without one, and with one that is too old', async () => {
    process.env['PATH'] = join(scratch.dir, 'nowhere')
    expect(await createGit({ log: silentLog })).toMatchObject({ error: { code: 'git_missing' } })
    const prefix = join(scratch.dir, 'old')
    const core = join(prefix, 'libexec', 'git-core')
    mkdirSync(core, { recursive: true })
    const answers = `case "$*" in *--exec-path*) echo "${core}";; *) echo git version 2.37.9;; esac`
    script(join(prefix, 'bin'), `#!/bin/sh\n${answers}\n`)
    process.env['PATH'] = `${join(prefix, 'bin')}`
    expect(await createGit({ log: silentLog })).toMatchObject({ error: { code: 'git_too_old' } })
  })
})
