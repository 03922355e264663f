import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Reason } from '../../../src-shared/contract/index.ts'
import type { Log } from '../../base/index.ts'
import { entryIds, fillVerifyWorktree, type Mirror, untrackedEntries } from '../../git/index.ts'
import type { SessionRow } from '../../storage/index.ts'
import { readKept, recordKept, restoreKept } from './kept-files.ts'
import { runSetup, type SetupDeps, trustedWorktree } from './setup.ts'

/** One tree of one project, for a session and perhaps one of its tasks. */
export interface Subject {
  mirror: Mirror
  session: SessionRow
  tree: string
  taskId?: string
}

/** The host's own folders in which checks run: filled with exactly one tree, prepared once per lockfile. */
export interface VerifyFolders {
  /** Names the prepared ground: the setup command, what is copied in, and the lockfiles as they are in the tree. */
  keyOf(subject: Subject): Promise<string>
  /** Prepares a folder of that key that nobody else uses meanwhile; `use` gets it, or learns what failed. */
  lend<T>(wanted: Wanted, use: (folder: Lent | { reason: Reason }) => Promise<T>): Promise<T>
}

export interface Lent {
  dir: string
  /** Makes it what it was when it was lent; the reason when that failed. A check may have changed anything in it. */
  refill(): Promise<Reason | undefined>
}

export interface VerifyFolderDeps extends SetupDeps {
  dataDir: string
  log: Log
}

export interface Wanted {
  subject: Subject
  key: string
  signal: AbortSignal
}

// Files that decide what a setup command installs; a change of one means a new verify worktree.
const LOCKFILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'package.json',
  'Cargo.lock',
  'go.sum',
  'poetry.lock',
  'uv.lock',
  'requirements.txt',
  'pyproject.toml',
  'Pipfile.lock',
  'Gemfile.lock',
  'composer.lock',
  'mix.lock',
  'Package.resolved',
  'pubspec.lock',
  'flake.lock',
]

export function createVerifyFolders(deps: VerifyFolderDeps): VerifyFolders {
  const slots = createSlots()
  return {
    keyOf: setupKey,
    async lend(wanted, use) {
      const { key, subject } = wanted
      const slot = slots.take(key)
      try {
        const dir = join(deps.dataDir, 'verify', subject.session.projectId, `${key}-${slot}`)
        const reason = wanted.signal.aborted ? undefined : await prepare(deps, { ...wanted, dir })
        return await use(
          reason ? { reason } : { dir, refill: () => prepare(deps, { ...wanted, dir }) },
        )
      } finally {
        slots.give(key, slot)
      }
    },
  }
}

/** Fills the folder with the tree; runs the setup only where it has not run for these lockfiles yet. */
async function prepare(
  deps: VerifyFolderDeps,
  { subject, dir, signal }: Wanted & { dir: string },
): Promise<Reason | undefined> {
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 })
  if (await refill(deps, subject, dir)) return undefined
  const reason = await runSetup(deps, { ...subject, dir }, signal)
  if (reason || signal.aborted) return reason
  const { mirror, tree, session, taskId } = subject
  const copied = trustedWorktree(session).copy.map(withoutSlash)
  const made = await untrackedEntries(mirror, { dir, tree })
  try {
    const own = made.filter((path) => !copied.includes(path))
    await recordKept(dir, own)
  } catch (error) {
    // Without the note the setup runs again the next time, which costs time and nothing else.
    deps.log.warn('setup not kept', { sessionId: session.id, taskId, dir, error: String(error) })
  }
  return undefined
}

const withoutSlash = (path: string) => path.replace(/\/+$/, '')

/** Makes the folder hold exactly the tree and what the setup made for it; false while the setup is due. */
async function refill(
  { log }: { log: Log },
  { mirror, tree, session, taskId }: Subject,
  dir: string,
): Promise<boolean> {
  const { copy, setup } = trustedWorktree(session)
  const kept = setup === undefined ? undefined : await readKept(dir)
  await fillVerifyWorktree(mirror, { dir, tree, keep: kept?.paths ?? [], copy })
  if (!kept) return setup === undefined
  try {
    await restoreKept(dir, kept)
    return true
  } catch (error) {
    log.warn('setup not restored', { sessionId: session.id, taskId, dir, error: String(error) })
    await fillVerifyWorktree(mirror, { dir, tree, keep: [], copy })
    return false
  }
}

/** Names the prepared ground: the setup command, what is copied in, and the lockfiles as they are in the tree. */
async function setupKey({ mirror, session, tree }: Subject): Promise<string> {
  const { copy, setup } = trustedWorktree(session)
  const locks = setup === undefined ? [] : [...(await entryIds(mirror, { tree, paths: LOCKFILES }))]
  const text = JSON.stringify({ copy, setup, locks })
  // 64 bits: these name a handful of folders per project.
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** Numbers the verify worktrees in use for one key, so that no two checks share a folder. */
function createSlots() {
  const taken = new Map<string, Set<number>>()
  return {
    take(key: string): number {
      const used = taken.get(key) ?? new Set()
      taken.set(key, used)
      let slot = 0
      while (used.has(slot)) slot += 1
      used.add(slot)
      return slot
    },
    give: (key: string, slot: number) => void taken.get(key)?.delete(slot),
  }
}
