import { fail, type Result } from '../../base/index.ts'
import type { TargetState } from '../checkout/target-state.ts'
import type { Mirror } from '../mirror.ts'
import { lockPath } from '../user-index/index-lock.ts'
import { carryOut, type Moved } from './carry-out.ts'
import type { MoveRecord } from './journal.ts'
import { makeTag, type TagDraft } from './loose-object.ts'
import type { MoveRequest } from './move-request.ts'
import { type Preparation, prepare } from './preparation.ts'
import { findReadiness, type SaveFailure } from './readiness.ts'

// Each further attempt means that the user's own git wrote the index, or HEAD, in just these milliseconds.
const ATTEMPTS = 5

/**
 * Moves the target with its tag, and with the origin checkout when that shows it (design.md 5.12): all
 * of it or nothing. What cannot be undone at once is left to the journal. What was `prepared` before is
 * used, or discarded.
 */
export async function moveTarget(
  mirror: Mirror,
  request: MoveRequest,
  prepared?: Preparation,
): Promise<Result<Moved, SaveFailure>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const used = attempt === 1 && prepared ? prepared : prepare(mirror, request)
    const outcome = await attemptMove(mirror, request, used)
    if (outcome) return outcome
  }
  return fail('index_locked', 'another git command keeps changing the index', {
    details: { file: lockPath(mirror.repository.gitDir) },
  })
}

/** Nothing is returned when the user's git changed index or HEAD while we looked: look again. */
async function attemptMove(
  mirror: Mirror,
  request: MoveRequest,
  prepared: Preparation,
): Promise<Result<Moved, SaveFailure> | undefined> {
  const { kind, target, from, to, made } = request
  let owned = false
  try {
    const finding = findReadiness(mirror, {
      target,
      from,
      to,
      // A restoring commit was made on the target's; going back is what rewinding is for.
      forward: kind === 'save',
      readTarget: () => prepared.readTarget(),
      readChanges: (start) => prepared.readChanges(start),
      readIndex: () => prepared.readIndex(),
    })
    const tagObject = makeTag(mirror, tagOf(mirror, request))
    const ready = await finding
    if (!ready.ok) return ready
    const { state, changes, origin } = ready.value
    const isExpected = kind === 'save' || state.commit === from
    if (!changes || !isExpected) return fail('target_moved', `${target} is at ${state.commit}`)
    const storing = prepared.store(
      made ? { loose: [...made, tagObject] } : { tips: [to, tagObject], known: [state.commit] },
    )
    // What can fail without a trace fails before the intention is written.
    const staged = origin ? await prepared.stage(state.commit) : undefined
    owned = true
    const record = recordOf(request, { id: prepared.id, state, tagObject })
    const move = { mirror, request, prepared, record, state, changes, storing }
    return await carryOut(origin && staged ? { ...move, origin: { ...origin, staged } } : move)
  } finally {
    if (!owned) await prepared.discard()
  }
}

function tagOf(mirror: Mirror, request: MoveRequest): TagDraft {
  return {
    name: `thalogos/${request.session}/${request.n}`,
    commit: request.to,
    message: request.tagMessage,
    tagger: request.tagger ?? mirror.repository.identity,
    at: request.at ?? new Date(),
  }
}

function recordOf(
  request: MoveRequest,
  { id, state, tagObject }: { id: string; state: TargetState; tagObject: string },
): MoveRecord {
  return {
    id,
    ref: state.ref,
    from: state.commit,
    to: request.to,
    tagRef: `refs/tags/thalogos/${request.session}/${request.n}`,
    tagObject,
    userRefs: [...(request.userRefs ?? [])],
    mirrorRefs: [...(request.mirrorRefs ?? [])],
    checkedOut: state.checkedOut,
    n: request.n,
    note: request.note ?? null,
  }
}
