import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import type { Check, Evidence, Reason } from '../../src-shared/contract/index.ts'
import { type Clock, createLimiter, type Log } from '../base/index.ts'
import type { Events } from '../events/index.ts'
import { entryIds, fillVerifyWorktree, type Mirror, untrackedEntries } from '../git/index.ts'
import type { Artifacts, SessionRow } from '../storage/index.ts'
import type { CommandRunner } from './command.ts'
import { trustedWorktree } from './workspaces.ts'

/** What the checks say about one tree. `unchecked`: there are none, or the user has not trusted them. */
export type Verdict =
  | { kind: 'green'; evidence: Evidence[] }
  | { kind: 'unchecked' }
  | { kind: 'red'; evidence: Evidence[]; failed: Evidence }
  | { kind: 'unprepared'; reason: Reason }
  | { kind: 'aborted' }

export interface Subject {
  mirror: Mirror
  session: SessionRow
  tree: string
  taskId?: string
}

/** Runs a project's checks on exactly one tree, never where an agent could have prepared the ground. */
export interface Verifier {
  verify(subject: Subject, signal: AbortSignal): Promise<Verdict>
}

export interface VerifierDeps {
  events: Events
  artifacts: Artifacts
  command: CommandRunner
  dataDir: string
  clock: Clock
  log: Log
}

// Checks are as parallel inside as the machine allows; more than a few at once only slow each other.
const SLOTS = Math.max(2, Math.min(4, Math.floor(availableParallelism() / 2)))

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

export function createVerifier(deps: VerifierDeps): Verifier {
  const limiter = createLimiter(SLOTS)
  const slots = createSlots()

  return {
    async verify(subject, signal) {
      const { session } = subject
      const checks = session.trusted ? session.projectConfig.checks : []
      if (checks.length === 0) return { kind: 'unchecked' }
      const setup = await setupKey(subject)
      const known = checks.map((check) => knownGreen(deps, subject, { check, setup }))
      if (known.every((evidence) => evidence !== undefined))
        return { kind: 'green', evidence: known }
      return limiter.run(async () => {
        if (signal.aborted) return { kind: 'aborted' }
        const slot = slots.take(setup)
        try {
          const dir = join(deps.dataDir, 'verify', session.projectId, `${setup}-${slot}`)
          return await verifyIn(deps, { ...subject, dir, setup, checks, signal })
        } finally {
          slots.give(setup, slot)
        }
      })
    },
  }
}

type Verification = Subject & {
  dir: string
  setup: string
  checks: readonly Check[]
  signal: AbortSignal
}

async function verifyIn(deps: VerifierDeps, work: Verification): Promise<Verdict> {
  const reason = await prepare(deps, work)
  if (work.signal.aborted) return { kind: 'aborted' }
  if (reason) return { kind: 'unprepared', reason }
  const evidence: Evidence[] = []
  for (const check of work.checks) {
    const found =
      knownGreen(deps, work, { check, setup: work.setup }) ?? (await runCheck(deps, work, check))
    if (found === undefined) return { kind: 'aborted' }
    evidence.push(found)
    if (found.exitCode !== 0) return { kind: 'red', evidence, failed: found }
  }
  return { kind: 'green', evidence }
}

/** Fills the worktree with the tree; runs the setup only where it has not run for these lockfiles yet. */
async function prepare(deps: VerifierDeps, work: Verification): Promise<Reason | undefined> {
  const { mirror, dir, tree, session, signal } = work
  const { copy, setup, setupTimeoutSeconds } = trustedWorktree(session)
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 })
  const stamp = `${dir}.ready.json`
  const keep = setup === undefined ? [] : existsSync(dir) ? await readKept(stamp) : undefined
  await fillVerifyWorktree(mirror, { dir, tree, keep: keep ?? [], copy })
  if (setup === undefined || keep !== undefined) return undefined
  const end = await deps.command.run({
    line: setup,
    cwd: dir,
    timeoutSeconds: setupTimeoutSeconds,
    signal,
  })
  if (end.exitCode !== 0) return { code: 'setup_failed', message: `${setup}: ${end.summary}` }
  await writeFile(stamp, JSON.stringify(await untrackedEntries(mirror, { dir, tree })), {
    mode: 0o600,
  })
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

async function runCheck(
  deps: VerifierDeps,
  work: Verification,
  check: Check,
): Promise<Evidence | undefined> {
  const about = {
    actor: 'orchestrator',
    sessionId: work.session.id,
    ...(work.taskId ? { taskId: work.taskId } : {}),
  }
  deps.events.commit(
    (_tables, emit) =>
      emit({ type: 'check.started', ...about, data: { check: check.name, tree: work.tree } }),
    'normal',
  )
  const { name, run: line, timeoutSeconds } = check
  const end = await deps.command.run({ line, cwd: work.dir, timeoutSeconds, signal: work.signal })
  if (end.aborted) return undefined
  const evidence: Evidence = {
    check: name,
    command: line,
    tree: work.tree,
    exitCode: end.exitCode,
    durationMs: Math.round(end.durationMs),
    log: await deps.artifacts.put(end.output),
    at: deps.clock.now(),
  }
  deps.events.commit((tables, emit) => {
    const { taskId, sessionId } = { taskId: work.taskId, sessionId: work.session.id }
    tables.evidence.insert({
      ...evidence,
      sessionId,
      setup: work.setup,
      ...(taskId ? { taskId } : {}),
    })
    emit({ type: 'evidence.recorded', ...about, data: { evidence } })
  })
  return evidence
}

/** A tree that passed once is not checked again; a red one is, since a check may have been unlucky. */
function knownGreen(
  deps: VerifierDeps,
  { tree }: Subject,
  { check, setup }: { check: Check; setup: string },
): Evidence | undefined {
  const found = deps.events.read.evidence.find({
    tree,
    check: check.name,
    command: check.run,
    setup,
  })
  return found?.exitCode === 0 ? found : undefined
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
