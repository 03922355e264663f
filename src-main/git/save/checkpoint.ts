import { fail, ok, type Result } from '../../base/index.ts'
import { readChanges } from '../checkout/changes.ts'
import { readTarget } from '../checkout/target-state.ts'
import type { Mirror } from '../mirror.ts'
import { readIndex } from '../user-index/read-index.ts'
import type { Moved } from './carry-out.ts'
import type { MoveRequest } from './move-request.ts'
import { moveTarget } from './move-target.ts'
import { findReadiness, type SaveFailure } from './readiness.ts'

/** What Save would do at this moment. */
export interface SaveReadiness {
  /** The target's commit. */
  from: string
  /** The origin checkout shows the target, so its files change along. */
  checkedOut: boolean
  /** How many paths differ; 0 when `moved`. */
  changed: number
  /** The target has commits that `to` does not contain: merge and verify them first. */
  moved: boolean
}

/**
 * Whether the target (a branch's short name) could move to `to`, a commit of the mirror: the refusals of
 * `saveCheckpoint`, without acting.
 */
export async function checkSave(
  mirror: Mirror,
  { target, to }: { target: string; to: string },
): Promise<Result<SaveReadiness, SaveFailure>> {
  const ready = await findReadiness(mirror, {
    target,
    to,
    forward: true,
    readTarget: () => readTarget(mirror, target),
    readChanges: (from) => readChanges(mirror, from, to),
    readIndex: () => readIndex(mirror.git, mirror.repository),
  })
  if (!ready.ok) return ready
  const { state, changes } = ready.value
  return ok({
    from: state.commit,
    checkedOut: state.checkedOut,
    changed: changes?.length ?? 0,
    moved: changes === undefined,
  })
}

export type SaveRequest = Omit<MoveRequest, 'kind' | 'userRefs' | 'made'>

/**
 * Moves the target to `to` and tags it, both or neither, with the files of the origin checkout when that
 * shows the target; everything is on the disk when this returns (design.md 5.12). `to` must contain the
 * target's present commit, else `target_moved`. A refusal leaves branch, index, files and stash as they
 * were; its details name files or state. The journal's entry stays open until the caller removes it
 * together with recording the checkpoint.
 */
export async function saveCheckpoint(
  mirror: Mirror,
  request: SaveRequest,
): Promise<Result<Moved, SaveFailure>> {
  if (request.from === request.to) return fail('save_nothing', 'there is nothing new to save')
  return await moveTarget(mirror, { ...request, kind: 'save' })
}
