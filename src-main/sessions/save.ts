import type { Checkpoint, ErrorCode, Evidence } from '../../src-shared/contract/index.ts'
import { type Failure, fail, ok, printableLine, type Result } from '../base/index.ts'
import {
  agentIdentity,
  checkSave,
  composeMessage,
  type Mirror,
  mergeCommits,
  readRef,
  refresh,
  saveCheckpoint,
  treeOf,
  updateRefs,
} from '../git/index.ts'
import type { SessionRow } from '../storage/index.ts'
import type { SessionDeps } from './deps.ts'
import { type Draft, journalPort, own, recordCheckpoint } from './journal.ts'
import { recordRefusal } from './refusal.ts'

type Outcome<T> = Result<T, Failure<ErrorCode>>

export interface SaveRequest {
  sessionId: string
  message?: string
  /** Save although no check ran on what is saved. */
  allowUnchecked: boolean
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

interface Saving {
  session: SessionRow
  mirror: Mirror
  request: SaveRequest
  signal: AbortSignal
}

async function saveOnce(deps: SessionDeps, saving: Saving): Promise<Outcome<Checkpoint>> {
  const { session, mirror } = saving
  const ready = await checkSave(mirror, { target: session.target, to: await headOf(saving) })
  if (!ready.ok) return ready
  if (ready.value.moved) {
    const caughtUp = await catchUp(deps, saving, ready.value.from)
    if (!caughtUp.ok) return caughtUp
  }
  const to = await headOf(saving)
  if (to === ready.value.from) return fail('save_nothing', `${session.target} is at ${to}`)
  const evidence = await gatherEvidence(deps, saving, to)
  if (!evidence.ok) return evidence
  return await moveTarget(deps, saving, { from: ready.value.from, to, evidence: evidence.value })
}

async function headOf({ mirror, session }: Saving): Promise<string> {
  const head = await readRef(mirror, `refs/heads/${session.integrationBranch}`)
  if (head === undefined) throw new Error(`session ${session.id} has no integration branch`)
  return head
}

/** Merges the target's new commits into integration, verified before the branch moves. */
async function catchUp(
  deps: SessionDeps,
  saving: Saving,
  targetCommit: string,
): Promise<Outcome<void>> {
  const { session, mirror } = saving
  await refresh(mirror)
  const head = await headOf(saving)
  const merged = await mergeCommits(mirror, {
    ours: head,
    theirs: targetCommit,
    author: agentIdentity('Thalogos'),
    message: composeMessage({
      subject: `Merge ${session.target} into the session`,
      trailers: [
        ['Session', session.id],
        ['Supervised-by', 'Thalogos'],
      ],
    }),
  })
  if (!merged.ok) {
    const { files } = merged.error.details
    return fail('save_target_conflict', `in ${files.slice(0, 5).join(', ')}`, {
      details: { files },
    })
  }
  const { commit } = merged.value
  const verified = await gatherEvidence(
    deps,
    { ...saving, request: { ...saving.request, allowUnchecked: true } },
    commit,
  )
  if (!verified.ok) return verified
  const ref = `refs/heads/${session.integrationBranch}`
  const moved = await updateRefs(mirror, [{ ref, to: commit, from: head }])
  if (!moved.ok) throw new Error(`the integration branch moved on its own: ${moved.error.message}`)
  deps.events.commit((tables, emit) => {
    tables.sessions.update(session.id, { integrationHead: commit, updatedAt: deps.clock.now() })
    own(tables, session.id, { commit, kind: 'target_merge' })
    emit({
      type: 'integration.advanced',
      actor: 'orchestrator',
      sessionId: session.id,
      data: { from: head, to: commit },
    })
  })
  return ok(undefined)
}

/** Green evidence on exactly this commit's tree; none at all only when the user said so. */
async function gatherEvidence(
  deps: SessionDeps,
  { session, mirror, request, signal }: Saving,
  commit: string,
): Promise<Outcome<Evidence[]>> {
  const tree = await treeOf(mirror, commit)
  const verdict = await deps.verifier.verify({ mirror, session, tree }, signal)
  switch (verdict.kind) {
    case 'green':
      return ok(verdict.evidence)
    case 'unchecked':
      return request.allowUnchecked
        ? ok([])
        : fail(
            'save_unchecked',
            session.trusted ? 'the project has no checks' : 'its checks are not trusted',
          )
    case 'red': {
      const { check, exitCode, log } = verdict.failed
      const how = exitCode === null ? 'did not end in time' : `ended with ${exitCode}`
      return fail('save_checks_failed', `${check} ${how}`, { details: { check, log } })
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
    trailers: [
      ['Session', session.id],
      ['Supervised-by', 'Thalogos'],
    ],
  })
}
