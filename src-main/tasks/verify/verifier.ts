import { availableParallelism } from 'node:os'
import type { Check, Evidence, Reason } from '../../../src-shared/contract/index.ts'
import { type Clock, createLimiter, type Log } from '../../base/index.ts'
import type { Events } from '../../events/index.ts'
import type { Artifacts } from '../../storage/index.ts'
import type { CommandRunner } from './command.ts'
import { createVerifyFolders, type Lent, type Subject } from './verify-folder.ts'

/**
 * What the checks say about one tree. `unchecked`: there are none, or the user has not trusted them.
 * `message` says in a few words what was red.
 */
export type Verdict =
  | { kind: 'green'; evidence: Evidence[] }
  | { kind: 'unchecked' }
  | { kind: 'red'; evidence: Evidence[]; failed: Evidence; message: string }
  | { kind: 'unprepared'; reason: Reason }
  | { kind: 'aborted' }

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

export function createVerifier(deps: VerifierDeps): Verifier {
  const limiter = createLimiter(SLOTS)
  const folders = createVerifyFolders(deps)

  return {
    async verify(subject, signal) {
      const { session } = subject
      const checks = session.trusted ? session.projectConfig.checks : []
      if (checks.length === 0) return { kind: 'unchecked' }
      const setup = await folders.keyOf(subject)
      const known = checks.map((check) => knownGreen(deps, subject, { check, setup }))
      if (known.every((evidence) => evidence !== undefined))
        return { kind: 'green', evidence: known }
      const wanted = { subject, key: setup, signal }
      return await limiter.run(() =>
        folders.lend(wanted, async (folder): Promise<Verdict> => {
          if (signal.aborted) return { kind: 'aborted' }
          if ('reason' in folder) return { kind: 'unprepared', reason: folder.reason }
          return await runChecks(deps, { ...subject, folder, setup, checks, signal })
        }),
      )
    },
  }
}

type Verification = Subject & {
  folder: Lent
  setup: string
  checks: readonly Check[]
  signal: AbortSignal
}

async function runChecks(deps: VerifierDeps, work: Verification): Promise<Verdict> {
  const evidence: Evidence[] = []
  let used = false
  for (const check of work.checks) {
    const known = knownGreen(deps, work, { check, setup: work.setup })
    // Each check sees exactly the tree, whatever the one before it made of the folder.
    const reason = !known && used ? await work.folder.refill() : undefined
    if (work.signal.aborted) return { kind: 'aborted' }
    if (reason) return { kind: 'unprepared', reason }
    used ||= !known
    const found = known ?? (await runCheck(deps, work, check))
    if (found === undefined) return { kind: 'aborted' }
    evidence.push(found)
    if (found.exitCode !== 0) return { kind: 'red', evidence, failed: found, message: say(found) }
  }
  return { kind: 'green', evidence }
}

const say = ({ check, exitCode }: Evidence): string =>
  exitCode === null ? `${check} did not end in time` : `${check} ended with ${exitCode}`

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
  const end = await deps.command.run({
    line,
    cwd: work.folder.dir,
    timeoutSeconds,
    signal: work.signal,
  })
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
