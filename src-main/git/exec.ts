import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { dirname, parse } from 'node:path'
import { exec } from 'dugite'
import {
  createKeyedQueue,
  createLimiter,
  type Failure,
  fail,
  type KeyedQueue,
  type Log,
  ok,
  type Result,
} from '../base/index.ts'
import { type GitHome, locateGit } from './locate.ts'

/**
 * Where a git command acts. Never discovered: git is always told its directory.
 * - `mirror`: ours alone. No system or global configuration is read.
 * - `user`: the user's repository. Their configuration serves the files; hooks and fsmonitor are off.
 */
export interface Place {
  profile: 'mirror' | 'user'
  gitDir: string
  workTree?: string
  indexFile?: string
  /** Where objects are, when that is not below `gitDir`. */
  objectDir?: string
}

export interface GitOptions {
  stdin?: string | Buffer
  env?: Readonly<Record<string, string>>
  /** `-c` settings of this call, on top of the profile's. */
  config?: Readonly<Record<string, string>>
  /** Exit codes that are an answer and no failure; 0 always is one. */
  expect?: readonly number[]
  signal?: AbortSignal
  /** How long the command may take, in milliseconds; by default as long as the place allows. */
  deadlineMs?: number
}

export interface GitOutput {
  exitCode: number
  stdout: Buffer
  stderr: string
}

export interface Git {
  readonly version: string
  /** False when the system's git serves because the embedded one could not be had. */
  readonly embedded: boolean
  /** For work that must be alone in a repository of ours, by its folder. */
  readonly alone: KeyedQueue
  /** Runs one command; an exit code that was not expected throws a `GitError`. */
  run(place: Place | undefined, args: readonly string[], options?: GitOptions): Promise<GitOutput>
  /** The same, with standard output as text without its last line feed. */
  text(place: Place | undefined, args: readonly string[], options?: GitOptions): Promise<string>
}

interface FailedEnd {
  exitCode: number
  stderr: string
  timedOut?: boolean
}

/**
 * A git command that failed though its caller expected no failure, or that could not be started or
 * was stopped (exit code -1). Carries no environment.
 */
export class GitError extends Error {
  override readonly name = 'GitError'
  readonly args: readonly string[]
  readonly exitCode: number
  readonly stderr: string
  /** True when it was stopped because it did not end within its time. */
  readonly timedOut: boolean

  constructor(args: readonly string[], end: FailedEnd, options?: ErrorOptions) {
    super(
      `git ${args[0]} ended with ${end.exitCode}: ${end.stderr.trim().slice(0, 2_000)}`,
      options,
    )
    this.args = args
    this.exitCode = end.exitCode
    this.stderr = end.stderr
    this.timedOut = end.timedOut === true
  }

  /** True when the disk or the user's quota is full: the same command may succeed later. */
  get diskFull(): boolean {
    return /No space left on device|Disk quota exceeded/i.test(this.stderr)
  }

  /** As Node's own errors say it, so that one look tells a full disk or a timeout whoever met it. */
  get code(): 'ENOSPC' | 'ETIMEDOUT' | undefined {
    if (this.timedOut) return 'ETIMEDOUT'
    return this.diskFull ? 'ENOSPC' : undefined
  }
}

// merge-tree --write-tree, on which integration stands, came with 2.38.
const OLDEST = [2, 38] as const
// Half-idle git children cost nothing; more than this many only compete for the disk.
const CHILDREN = availableParallelism() + 2
// Of them, so many may work on files that an agent can change: were these all held up by what it put in
// their way, two would still serve everything else, Save above all.
const CONTENT_CHILDREN = CHILDREN - 2
// A first clone copies a whole history: at 20 MB/s, a slow disk or a network folder, this is 36 GB.
const DEADLINE_MS = 30 * 60_000
// Taking in or laying out a folder: 200,000 files take 40 s, 10 GB some minutes. What an agent puts in
// the way of git (a pipe in the place of a `.gitignore`) would else hold it for ever.
const CONTENT_DEADLINE_MS = 5 * 60_000
// On SIGTERM git removes its lock files, at once; what is still there after this does not listen.
const GRACE_MS = 2_000

// hazards.md, "Git": each of these was seen to run code or to change something when left at its default.
const HARDENED: Readonly<Record<string, string>> = {
  'core.fsmonitor': 'false',
  'core.hooksPath': '/dev/null',
  'core.untrackedCache': 'false',
  'safe.bareRepository': 'explicit',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.allow': 'never',
  'protocol.file.allow': 'always',
  'submodule.recurse': 'false',
  'diff.ignoreSubmodules': 'all',
  'commit.gpgSign': 'false',
  'tag.gpgSign': 'false',
  'core.quotePath': 'false',
  // Several tasks change refs at once; a lock held for some milliseconds is no failure.
  'core.filesRefLockTimeout': '10000',
  'core.packedRefsTimeout': '10000',
  'advice.detachedHead': 'false',
}

// Without these two git falls back to files below the user's home, even with GIT_CONFIG_GLOBAL set.
const ISOLATED_CONFIG: Readonly<Record<string, string>> = {
  'core.attributesFile': '/dev/null',
  'core.excludesFile': '/dev/null',
}

const ISOLATED: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
}

/** Finds git (embedded, else the system's) and checks its version. */
export async function createGit(deps: {
  log: Log
}): Promise<Result<Git, Failure<'git_missing' | 'git_too_old'>>> {
  const home = await locateGit(process.env)
  if (!home) return fail('git_missing', 'neither an embedded git nor one on PATH was found')
  const git = createRunner(home, createQueue(), deps.log)
  const version = (await git.text(undefined, ['--version'])).replace(/^git version /, '')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return fail('git_too_old', `git ${version} was found, ${OLDEST.join('.')} is needed`)
  }
  return ok({ ...git, version, embedded: home.embedded, alone: createKeyedQueue() })
}

/** The same git, of which every command ends when the signal comes. */
export function withSignal(git: Git, signal: AbortSignal | undefined): Git {
  if (!signal) return git
  return {
    ...git,
    run: (place, args, options) => git.run(place, args, { ...options, signal }),
    text: (place, args, options) => git.text(place, args, { ...options, signal }),
  }
}

type Queue = <T>(place: Place | undefined, work: () => Promise<T>) => Promise<T>

function createQueue(): Queue {
  const all = createLimiter(CHILDREN)
  const content = createLimiter(CONTENT_CHILDREN)
  return (place, work) => (isContent(place) ? content.run(() => all.run(work)) : all.run(work))
}

/** True where git works on files that an agent, or a check of its code, can change meanwhile. */
const isContent = (place: Place | undefined): boolean =>
  place?.profile === 'mirror' && place.workTree !== undefined

function createRunner(home: GitHome, queue: Queue, log: Log): Pick<Git, 'run' | 'text'> {
  const run: Git['run'] = async (place, args, options = {}) => {
    const end = await queue(place, () => start(home, { place, args, options }))
    const stderr = end.stderr.toString('utf8')
    log.debug('git ended', { args: args.slice(0, 3), exitCode: end.exitCode })
    if (end.exitCode !== 0 && !options.expect?.includes(end.exitCode)) {
      throw new GitError(args, { exitCode: end.exitCode, stderr })
    }
    return { exitCode: end.exitCode, stdout: end.stdout, stderr }
  }
  return {
    run,
    text: async (place, args, options) =>
      (await run(place, args, options)).stdout.toString('utf8').replace(/\n$/, ''),
  }
}

interface Command {
  place: Place | undefined
  args: readonly string[]
  options: GitOptions
}

async function start(found: GitHome, { place, args, options }: Command) {
  // Where git stands must not matter: inside `<root>/.git` it would take itself to be below the root, and
  // a folder that an agent can write is no place to stand in.
  const home = place?.profile === 'user' ? (place.workTree ?? place.gitDir) : place?.gitDir
  const cwd = home ?? parse(process.cwd()).root
  const limit = options.deadlineMs ?? (isContent(place) ? CONTENT_DEADLINE_MS : DEADLINE_MS)
  const deadline = AbortSignal.timeout(limit)
  let child: ChildProcess | undefined
  try {
    return await exec([...placeArguments(place, options.config), ...args], cwd, {
      encoding: 'buffer',
      env: { ...environment(place), ...found.env, ...options.env },
      // Git must see the end of its input: a command that reads would wait for ever otherwise.
      stdin: options.stdin ?? '',
      signal: options.signal ? AbortSignal.any([options.signal, deadline]) : deadline,
      processCallback: (started) => {
        child = started
      },
    })
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    if (child) await gone(child)
    const timedOut = deadline.aborted && options.signal?.aborted !== true
    const stderr = timedOut ? `stopped: it did not end within ${limit / 1_000} s` : cause.message
    throw new GitError(args, { exitCode: -1, stderr, timedOut }, { cause })
  }
}

/** Waits for a child that was told to end, and ends it for good when it does not listen. */
async function gone(child: ChildProcess): Promise<void> {
  const lives = () =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!lives()) return
    child.kill(signal)
    // A child that a dead disk holds fast outlives even that: then there is nothing to wait for.
    await once(child, 'exit', { signal: AbortSignal.timeout(GRACE_MS) }).catch(() => undefined)
  }
}

function placeArguments(place: Place | undefined, config: GitOptions['config'] = {}): string[] {
  const isolated = place?.profile === 'user' ? {} : ISOLATED_CONFIG
  const settings = Object.entries({ ...HARDENED, ...isolated, ...config })
  return [
    '--no-pager',
    '--no-replace-objects',
    '--literal-pathspecs',
    ...(place ? [`--git-dir=${place.gitDir}`] : []),
    ...(place?.workTree ? [`--work-tree=${place.workTree}`] : []),
    ...settings.flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]
}

/** Nothing of the caller's GIT_* reaches git; what is needed is said here. */
function environment(place: Place | undefined): Record<string, string | undefined> {
  // Windows knows no case in these names.
  const inherited = Object.keys(process.env).filter((name) => /^GIT_/i.test(name))
  return {
    ...Object.fromEntries(inherited.map((name) => [name, undefined])),
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    ...(place ? { GIT_CEILING_DIRECTORIES: dirname(place.gitDir) } : {}),
    ...(place?.indexFile ? { GIT_INDEX_FILE: place.indexFile } : {}),
    ...(place?.objectDir ? { GIT_OBJECT_DIRECTORY: place.objectDir } : {}),
    ...(place?.profile === 'user' ? {} : ISOLATED),
  }
}
