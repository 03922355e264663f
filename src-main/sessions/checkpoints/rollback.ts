import type { Checkpoint, ErrorCode } from '../../../src-shared/contract/index.ts'
import { assertNever, type Failure, fail, ok, type Result } from '../../base/index.ts'
import {
  composeMessage,
  type Mirror,
  restoreCheckpoint,
  rewindTarget,
  sessionTrailers,
} from '../../git/index.ts'
import { moveSubject } from '../../policy/index.ts'
import type { SessionRow } from '../../storage/index.ts'
import type { SessionDeps } from '../deps.ts'
import { type Draft, journalPort, recordCheckpoint } from './journal.ts'
import { askForMove } from './protected-move.ts'
import { recordRefusal } from './refusal.ts'
import { nextCheckpoint, tagMessage } from './save.ts'

type Outcome<T> = Result<T, Failure<ErrorCode>>

export interface RollbackRequest {
  sessionId: string
  /** The checkpoint to go back to; 0 is the target as the session found it. */
  checkpoint: number
  /** `restore` brings the content back as a new commit; `rewind` moves the branch back. */
  mode: 'restore' | 'rewind'
  /** Undo commits that Thalogos did not make, too. */
  includeForeign: boolean
}

/** Takes the target back to a checkpoint. Nothing is destroyed: old heads stay reachable by tags or backup refs. */
export async function rollBack(
  deps: SessionDeps,
  request: RollbackRequest,
): Promise<Outcome<Checkpoint>> {
  const { read } = deps.events
  const session = read.sessions.get(request.sessionId)
  if (!session) return fail('not_found', `there is no session ${request.sessionId}`)
  const checkpoint = read.checkpoints.get(session.id, request.checkpoint)
  if (!checkpoint) return fail('checkpoint_unknown', `there is no checkpoint ${request.checkpoint}`)
  const present = deps.projects.present(session.projectId)
  if (!present.ok) return present
  const mirror = await deps.projects.mirror(session.projectId)
  const done = await deps.integration.run(session.id, () =>
    deps.checkouts.run(session.projectId, () =>
      act(deps, { session, checkpoint, mirror, request }),
    ),
  )
  if (!done.ok)
    recordRefusal(deps, { type: 'rollback.refused', sessionId: session.id, error: done.error })
  return done
}

interface Rollback {
  session: SessionRow
  checkpoint: Checkpoint
  mirror: Mirror
  request: RollbackRequest
}

async function act(deps: SessionDeps, rollback: Rollback): Promise<Outcome<Checkpoint>> {
  const { session, checkpoint, request } = rollback
  const { mode } = request
  const n = nextCheckpoint(deps, session.id)
  const allowed = askForMove(deps, session, {
    subject: moveSubject(session.target, `${n}: ${mode} ${checkpoint.commit}`),
    deed: `${mode} ${session.target} to checkpoint ${checkpoint.n}`,
  })
  if (!allowed.ok) return allowed
  const said = mode === 'restore' ? 'Restore' : 'Rewind to'
  const message = `${said} checkpoint ${checkpoint.n}`
  const draft: Draft = { n, message, evidence: checkpoint.evidence, mode, restores: checkpoint.n }
  const done = await carryOut(deps, rollback, draft)
  return done.ok ? ok(await recordCheckpoint(deps, session, { draft, deed: done.value })) : done
}

async function carryOut(deps: SessionDeps, rollback: Rollback, draft: Draft) {
  const { session, checkpoint, mirror, request } = rollback
  const common = {
    journal: journalPort(deps, session.projectId),
    session: session.id,
    target: session.target,
    checkpoint: { n: checkpoint.n, commit: checkpoint.commit },
    n: draft.n,
    tagMessage: tagMessage(session, draft),
    isOurs: (commit: string) => deps.events.read.commits.get(commit) !== undefined,
    note: draft,
  }
  switch (request.mode) {
    case 'restore':
      return await restoreCheckpoint(mirror, {
        ...common,
        message: composeMessage({ subject: draft.message, trailers: sessionTrailers(session.id) }),
        includeForeign: request.includeForeign,
        integrate: (commit) => mergeRestore(deps, rollback, commit),
      })
    case 'rewind': {
      const unfinished = deps.tasks.unfinished(session.id)
      if (unfinished.length > 0) {
        return fail('session_unfinished', `unfinished: ${unfinished.join(', ')}`)
      }
      const { integration } = deps.tasks
      const [ref, head] = [integration.ref(session), await integration.head(rollback)]
      return await rewindTarget(mirror, { ...common, integration: { ref, head } })
    }
    default:
      return assertNever(request.mode)
  }
}

/** The restored content as part of integration, so that the next Save builds on it. */
async function mergeRestore(deps: SessionDeps, rollback: Rollback, commit: string) {
  const merged = await deps.tasks.integration.merge(rollback, {
    theirs: commit,
    subject: 'Merge the restored content',
  })
  if (!merged.ok) {
    const { message, details } = merged.error
    return fail('rollback_conflict', message, { details })
  }
  const { ref, from, to } = merged.value
  return ok({ ref, from, to })
}
