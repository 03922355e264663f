import { constants } from 'node:fs'
import { access, readFile, realpath, stat } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { RepositoryErrorCode } from '../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../base/index.ts'
import type { Git, Place } from './exec.ts'

/** The user's repository as it was found; every path is absolute with links resolved. */
export interface UserRepository {
  /** The top folder of the working tree: the origin checkout. */
  root: string
  /** The working tree's own git folder; differs from `commonDir` in a linked worktree. */
  gitDir: string
  commonDir: string
  /** Profile `user`, acting on `root`. */
  place: Place
  identity: Identity
  objectFormat: ObjectFormat
  core: CoreSettings
  /** Patterns of the user's global excludes file, then of `info/exclude`. */
  excludes: string
}

export interface Identity {
  name: string
  email: string
}

export type ObjectFormat = 'sha1' | 'sha256'

/** What the user's file system can do, as their repository says. */
export interface CoreSettings {
  fileMode: boolean
  ignoreCase: boolean
  symlinks: boolean
  precomposeUnicode: boolean
}

type Refusal = Failure<RepositoryErrorCode>

interface Found {
  top: string
  gitDir: string
}

/**
 * Opens the repository that `path` (absolute; its top folder or any folder below) belongs to. Reads
 * only. Refuses what cannot serve as a project: bare, partial or shallow, without a commit, not
 * writable. A folder inside a linked worktree of the user is that worktree.
 */
export async function openRepository(
  git: Git,
  path: string,
): Promise<Result<UserRepository, Refusal>> {
  const found = await findTop(path)
  if (!found) return fail('not_a_repository', `no git repository was found at ${path}`)
  const { gitDir } = found
  const bareGit: Place = { profile: 'user', gitDir }
  const layout = await git.run(
    bareGit,
    ['rev-parse', '--path-format=absolute', '--show-object-format', '--git-common-dir'],
    { expect: [128] },
  )
  if (layout.exitCode !== 0) return fail('not_a_repository', layout.stderr.trim())
  // The path is the rest: it may hold line feeds itself.
  const [, format = '', common = ''] =
    /^([^\n]*)\n(.*)\n$/s.exec(layout.stdout.toString('utf8')) ?? []
  const commonDir = await realpath(common)
  const setting = await readSettings(git, bareGit)
  const root = await workTreeOf(found, commonDir, setting)
  const refusal = await refuse({ git, place: bareGit, commonDir, root, setting })
  if (refusal) return { ok: false, error: refusal }
  return ok({
    root,
    gitDir,
    commonDir,
    place: { profile: 'user', gitDir, workTree: root },
    identity: await readIdentity(git, bareGit),
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    core: {
      fileMode: isTrue(setting.get('core.filemode') ?? 'true'),
      ignoreCase: isTrue(setting.get('core.ignorecase') ?? 'false'),
      symlinks: isTrue(setting.get('core.symlinks') ?? 'true'),
      precomposeUnicode: isTrue(setting.get('core.precomposeunicode') ?? 'false'),
    },
    excludes: await readExcludes(git, bareGit, commonDir),
  })
}

// Discovery by hand (gitrepository-layout(5)): git's own would refuse what belongs to another user or is
// bare before we could say why, and it is the one call that could be led elsewhere.
async function findTop(path: string): Promise<Found | undefined> {
  let folder = await realFolder(path)
  while (folder) {
    const gitDir = await gitDirAt(folder)
    if (gitDir) return { top: folder, gitDir }
    if (await isGitDir(folder)) {
      return { top: basename(folder) === '.git' ? dirname(folder) : folder, gitDir: folder }
    }
    if (dirname(folder) === folder) return undefined
    folder = dirname(folder)
  }
  return undefined
}

async function gitDirAt(folder: string): Promise<string | undefined> {
  const entry = join(folder, '.git')
  const real = await realFolder(entry)
  if (real) return (await isGitDir(real)) ? real : undefined
  const pointer = /^gitdir: (.+?)[\r\n]*$/s.exec(await readText(entry))?.[1]
  return pointer ? await realFolder(resolve(folder, pointer)) : undefined
}

async function isGitDir(folder: string): Promise<boolean> {
  const [head, objects, common] = await Promise.all(
    ['HEAD', 'objects', 'commondir'].map((name) => exists(join(folder, name))),
  )
  return Boolean(head && (objects || common))
}

type Settings = ReadonlyMap<string, string>

async function readSettings(git: Git, place: Place): Promise<Settings> {
  const { stdout } = await git.run(place, ['config', '--list', '-z'])
  const settings = new Map<string, string>()
  for (const entry of stdout.toString('utf8').split('\0')) {
    const [key = '', ...value] = entry.split('\n')
    // A key without `=` means true (git-config(1), "Syntax").
    settings.set(key, entry.includes('\n') ? value.join('\n') : 'true')
  }
  return settings
}

async function workTreeOf(found: Found, commonDir: string, setting: Settings): Promise<string> {
  const own = setting.get('core.worktree')
  if (own === undefined || found.gitDir !== commonDir) return found.top
  return (await realFolder(resolve(found.gitDir, own))) ?? found.top
}

interface Candidate {
  git: Git
  /** Without a working tree, so that git says what the configuration says. */
  place: Place
  commonDir: string
  root: string
  setting: Settings
}

async function refuse(candidate: Candidate): Promise<Refusal | undefined> {
  const { git, place, commonDir, root, setting } = candidate
  const refusal = (code: RepositoryErrorCode, message: string): Refusal => ({ code, message })
  const linked = place.gitDir !== commonDir
  if (!linked && (isTrue(setting.get('core.bare') ?? 'false') || root === commonDir)) {
    return refusal('bare_repository', `${root} is a bare repository`)
  }
  const promise = [...setting.keys()].find(
    (key) =>
      /^remote\..*\.partialclonefilter$|^extensions\.partialclone$/.test(key) ||
      (/^remote\..*\.promisor$/.test(key) && isTrue(setting.get(key) ?? '')),
  )
  if (promise) return refusal('partial_clone', `its configuration sets ${promise}`)
  if (await exists(join(commonDir, 'shallow'))) {
    return refusal('shallow_clone', `${join(commonDir, 'shallow')} cuts its history off`)
  }
  const head = await git.run(place, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    expect: [1, 128],
  })
  const branch =
    head.exitCode === 0 || (await git.text(place, ['for-each-ref', '--count=1', 'refs/heads']))
  if (!branch) return refusal('no_commit', `${root} has no commit`)
  for (const path of [root, place.gitDir, commonDir, join(commonDir, 'objects')]) {
    if (!(await exists(path, constants.W_OK))) {
      return refusal('no_write_access', `${path} cannot be written`)
    }
  }
  return undefined
}

async function readIdentity(git: Git, place: Place): Promise<Identity> {
  const ident = await git.run(place, ['var', 'GIT_COMMITTER_IDENT'], { expect: [1, 128] })
  const [, name, email] =
    /^(.+) <(.*)> \d+ [+-]\d+$/.exec(ident.stdout.toString('utf8').trim()) ?? []
  if (name && email) return { name, email }
  // No name is configured and the system gives none that git would take: the account's own.
  const { username } = userInfo()
  return { name: username, email: `${username}@localhost` }
}

async function readExcludes(git: Git, place: Place, commonDir: string): Promise<string> {
  const own = await git.run(place, ['config', '--type=path', '--get', 'core.excludesFile'], {
    expect: [1],
  })
  const configured = own.stdout.toString('utf8').trim()
  // gitignore(5): the default when core.excludesFile is not set.
  const home = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config')
  const files = [configured || join(home, 'git', 'ignore'), join(commonDir, 'info', 'exclude')]
  const texts = await Promise.all(files.map(readText))
  return texts.map((text) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)).join('')
}

const isTrue = (value: string): boolean => /^(true|yes|on|[1-9]\d*)$/i.test(value)

async function realFolder(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path)
    return (await stat(real)).isDirectory() ? real : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function exists(path: string, mode: number = constants.F_OK): Promise<boolean> {
  try {
    await access(path, mode)
    return true
  } catch {
    return false
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}

// Not there, not a folder on the way, no right to look, a name no file system takes, a loop of links.
const MISSING = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'EISDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'ERR_INVALID_ARG_VALUE',
])

function isMissing(error: unknown): boolean {
  return error instanceof Error && MISSING.has((error as NodeJS.ErrnoException).code ?? '')
}
