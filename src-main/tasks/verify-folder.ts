import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Reason } from '../../src-shared/contract/index.ts'
import { entryIds, fillVerifyWorktree, type Mirror, untrackedEntries } from '../git/index.ts'
import type { SessionRow } from '../storage/index.ts'
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
  /** Prepares a folder of that key that nobody else uses meanwhile; `use` learns where it is, or what failed. */
  lend<T>(
    wanted: Wanted,
    use: (folder: { dir: string } | { reason: Reason }) => Promise<T>,
  ): Promise<T>
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

export function createVerifyFolders(deps: SetupDeps & { dataDir: string }): VerifyFolders {
  const slots = createSlots()
  return {
    keyOf: setupKey,
    async lend(wanted, use) {
      const { key, subject } = wanted
      const slot = slots.take(key)
      try {
        const dir = join(deps.dataDir, 'verify', subject.session.projectId, `${key}-${slot}`)
        const reason = wanted.signal.aborted ? undefined : await prepare(deps, { ...wanted, dir })
        return await use(reason ? { reason } : { dir })
      } finally {
        slots.give(key, slot)
      }
    },
  }
}

/** Fills the folder with the tree; runs the setup only where it has not run for these lockfiles yet. */
async function prepare(
  deps: SetupDeps,
  { subject, dir, signal }: Wanted & { dir: string },
): Promise<Reason | undefined> {
  const { mirror, tree, session } = subject
  const { copy, setup } = trustedWorktree(session)
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 })
  const stamp = `${dir}.ready.json`
  const keep = setup === undefined ? [] : existsSync(dir) ? await readKept(stamp) : undefined
  await fillVerifyWorktree(mirror, { dir, tree, keep: keep ?? [], copy })
  if (setup === undefined || keep !== undefined) return undefined
  const reason = await runSetup(deps, { ...subject, dir }, signal)
  if (reason || signal.aborted) return reason
  const made = await untrackedEntries(mirror, { dir, tree })
  await writeFile(stamp, JSON.stringify(made), { mode: 0o600 })
  return undefined
}

/** What the setup made, by path; undefined while it has not run (or its note is damaged). */
async function readKept(stamp: string): Promise<string[] | undefined> {
  try {
    const kept: unknown = JSON.parse(await readFile(stamp, 'utf8'))
    return Array.isArray(kept) ? kept.filter((path) => typeof path === 'string') : undefined
  } catch {
    return undefined
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
