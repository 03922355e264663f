import type { Checkpoint, ErrorCode, Evidence } from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok, printableLine, type Result } from '../../base/index.ts'
import {
  checkSave,
  composeMessage,
  type Mirror,
  refresh,
  saveCheckpoint,
  sessionTrailers,
  treeOf,
} from '../../git/index.ts'
import { moveSubject } from '../../policy/index.ts'
import type { SessionRow } from '../../storage/index.ts'
import type { SessionDeps } from '../deps.ts'
import { canMoveSession } from '../transitions.ts'
import { type Draft, journalPort, recordCheckpoint } from './journal.ts'
import { askForMove } from './protected-move.ts'
import { recordRefusal } from './refusal.ts'

type Outcome<T> = Result<T, Failure<ErrorCode>>

export interface SaveRequest {
  sessionId: string
  message?: string
  /** Save although no check ran on what is saved. */
  allowUnchecked: boolean
  /** Ends the session with it; refused while tasks are unfinished. */
  finalize?: boolean
}

// Each round merges what the user committed meanwhile; someone who commits faster than that is asked to pause.
const ROUNDS = 3

/**
 * Moves the target to the integration head and tags it, once its evidence is green. A target that moved
 * meanwhile is merged into integration and verified first, so the move is always a fast-forward.
 */
export async function save(
  deps: SessionDeps,
  request: SaveRequest,
  signal: AbortSignal,
): Promise<Outcome<Checkpoint>> {
  const session = deps.events.read.sessions.get(request.sessionId)
  if (!session) return fail('not_found', `there is no session ${request.sessionId}`)
  const ends = request.finalize ? mayEnd(deps, session) : ok(undefined)
  if (!ends.ok) return ends
  const present = deps.projects.present(session.projectId)
  if (!present.ok) return present
  const mirror = await deps.projects.mirror(session.projectId)
  const saved = await deps.integration.run(session.id, async () => {
    for (let round = 1; ; round += 1) {
      const outcome = await saveOnce(deps, { session, mirror, request, signal })
      if (outcome.ok || outcome.error.code !== 'target_moved' || round === ROUNDS) return outcome
    }
  })
  if (!saved.ok)
    recordRefusal(deps, { type: 'save.refused', sessionId: session.id, error: saved.error })
  return saved
}

/** Whether the session could be finalized after it was saved. */
function mayEnd(deps: SessionDeps, { id, state }: SessionRow): Outcome<void> {
  const unfinished = deps.tasks.unfinished(id)
  if (unfinished.length > 0) {
    return fail('session_unfinished', `unfinished: ${unfinished.join(', ')}`)
  }
  return canMoveSession(state, 'finalized')
    ? ok(undefined)
    : fail('illegal_move', `a session that is ${state} cannot become finalized`)
}

interface Saving {
  session: SessionRow
  mirror: Mirror
  request: SaveRequest
  signal: AbortSignal
}

async function saveOnce(deps: SessionDeps, saving: Saving): Promise<Outcome<Checkpoint>> {
  const { session, mirror } = saving
  const { integration } = deps.tasks
  const to = await integration.head(saving)
  const ready = await checkSave(mirror, { target: session.target, to })
  if (!ready.ok) return ready
  const { from, moved } = ready.value
  const head = moved ? await catchUp(deps, saving, from) : ok(to)
  if (!head.ok) return head
  if (head.value === from) return fail('save_nothing', `${session.target} is at ${from}`)
  const evidence = await gatherEvidence(deps, saving, await treeOf(mirror, head.value))
  if (!evidence.ok) return evidence
  if (evidence.value.length === 0 && !saving.request.allowUnchecked) {
    const why = session.trusted ? 'the project has no checks' : 'its checks are not trusted'
    return fail('save_unchecked', why)
  }
  const allowed = askForMove(deps, session, {
    subject: moveSubject(session.target, head.value),
    deed: `save ${head.value.slice(0, 12)} as the new state of ${session.target}`,
  })
  if (!allowed.ok) return allowed
  return await moveTarget(deps, saving, { from, to: head.value, evidence: evidence.value })
}

/** Merges the target's new commits into integration, verified before the branch moves; the new head. */
async function catchUp(
  deps: SessionDeps,
  saving: Saving,
  targetCommit: string,
): Promise<Outcome<string>> {
  const { session, mirror } = saving
  const { integration } = deps.tasks
  await refresh(mirror)
  const merged = await integration.merge(saving, {
    theirs: targetCommit,
    subject: `Merge ${session.target} into the session`,
  })
  if (!merged.ok) {
    const { message, details } = merged.error
    return fail('save_target_conflict', message, { details })
  }
  const verified = await gatherEvidence(deps, saving, merged.value.tree)
  if (!verified.ok) return verified
  await integration.advance(saving, merged.value, { kind: 'target_merge' })
  return ok(merged.value.to)
}

/** Green evidence on exactly this tree; none at all where there are no checks to trust. */
async function gatherEvidence(
  deps: SessionDeps,
  { session, mirror, signal }: Saving,
  tree: string,
): Promise<Outcome<Evidence[]>> {
  const verdict = await deps.verifier.verify({ mirror, session, tree }, signal)
  switch (verdict.kind) {
    case 'green':
      return ok(verdict.evidence)
    case 'unchecked':
      return ok([])
    case 'red': {
      const { check, log } = verdict.failed
      return fail('save_checks_failed', verdict.message, { details: { check, log } })
    }
    case 'unprepared':
      return fail(verdict.reason.code, verdict.reason.message)
    case 'aborted':
      return fail('interrupted', 'the checks were stopped')
  }
}

async function moveTarget(
  deps: SessionDeps,
  { session, mirror, request }: Saving,
  move: { from: string; to: string; evidence: Evidence[] },
): Promise<Outcome<Checkpoint>> {
  const n = nextCheckpoint(deps, session.id)
  const message = request.message ?? `Checkpoint ${n}: ${printableLine(session.goal, 60)}`
  const draft: Draft = { n, message, evidence: move.evidence, mode: 'save' }
  return await deps.checkouts.run(session.projectId, async () => {
    const saved = await saveCheckpoint(mirror, {
      journal: journalPort(deps, session.projectId),
      session: session.id,
      target: session.target,
      from: move.from,
      to: move.to,
      n,
      tagMessage: tagMessage(session, draft),
      note: draft,
    })
    return saved.ok
      ? ok(await recordCheckpoint(deps, session, { draft, deed: saved.value }))
      : saved
  })
}

export const nextCheckpoint = (deps: SessionDeps, sessionId: string): number =>
  (deps.events.read.checkpoints.list(sessionId).at(-1)?.n ?? 0) + 1

/** What the tag says to someone who only has git. */
export function tagMessage(
  session: SessionRow,
  { message, evidence }: { message: string; evidence: readonly Evidence[] },
): string {
  const checks = evidence.map(
    ({ check, command, tree }) => `${check} green on ${tree.slice(0, 12)}: ${command}`,
  )
  return composeMessage({
    subject: message,
    body: [
      `Goal: ${session.goal}`,
      '',
      ...(checks.length > 0 ? checks : ['Evidence: unchecked']),
    ].join('\n'),
    trailers: sessionTrailers(session.id),
  })
}
