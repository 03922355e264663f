import { fail, type Result } from '../../base/index.ts'
import { lockPath } from '../checkout/index-lock.ts'
import type { TargetState } from '../checkout/target-state.ts'
import type { Mirror } from '../mirror.ts'
import type { Identity } from '../repository.ts'
import { carryOut, type Moved } from './carry-out.ts'
import type { JournalPort, MoveKind, MoveRecord, RefMove } from './journal.ts'
import { prepare } from './preparation.ts'
import { findReadiness, type SaveFailure } from './readiness.ts'
import type { TagDraft } from './tag-object.ts'

export interface MoveRequest {
  journal: JournalPort
  kind: MoveKind
  /** The session's id, which stands in the tag's name. */
  session: string
  /** The branch's short name. */
  target: string
  /** The target's commit as the caller saw it, and where it goes. */
  from: string
  to: string
  /** The checkpoint's number. */
  n: number
  /** The whole message of the tag, trailers and evidence included. */
  tagMessage: string
  tagger?: Identity
  at?: Date
  /** More refs of the user's repository, moved in the same transaction. */
  userRefs?: readonly RefMove[]
  /** Refs of the mirror that follow the target, also when a crash comes between. */
  mirrorRefs?: readonly RefMove[]
  /** The caller's own words to the journal; recovery hands them back. */
  note?: unknown
  /** Called between any two steps; a test stops here. */
  step?: (name: string) => void
}

// Each further attempt means that the user's own git wrote the index, or HEAD, in just these milliseconds.
const ATTEMPTS = 5

/**
 * Moves the target with its tag, and with the origin checkout when that shows it (design.md 5.12): all
 * of it or nothing. What cannot be undone at once is left to the journal.
 */
export async function moveTarget(
  mirror: Mirror,
  request: MoveRequest,
): Promise<Result<Moved, SaveFailure>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const outcome = await attemptMove(mirror, request)
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
): Promise<Result<Moved, SaveFailure> | undefined> {
  const { target, from, to, session, n } = request
  const tag = `thalogos/${session}/${n}`
  const prepared = prepare(mirror, { target, from, to, tag: tagOf(mirror, request, tag) })
  let owned = false
  try {
    const ready = await findReadiness(mirror, {
      target,
      from,
      to,
      forward: request.kind !== 'rewind',
      readIndex: () => prepared.readIndex(),
    })
    if (!ready.ok) return ready
    const { state, changes, origin } = ready.value
    if (!changes) return fail('target_moved', `${target} is at ${state.commit}`)
    const record = recordOf(request, {
      id: prepared.id,
      state,
      tagObject: await prepared.tagObject,
    })
    owned = true
    return await carryOut({
      mirror,
      journal: request.journal,
      kind: request.kind,
      session,
      target,
      prepared,
      record,
      state,
      changes,
      ...(origin ? { origin } : {}),
      step: request.step ?? (() => undefined),
    })
  } finally {
    if (!owned) await prepared.discard()
  }
}

function tagOf(mirror: Mirror, request: MoveRequest, name: string): TagDraft {
  return {
    name,
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
