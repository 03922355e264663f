import type { SaveErrorCode } from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import type { Change } from '../checkout/changes.ts'
import { checkOrigin } from '../checkout/check-origin.ts'
import type { Inspection } from '../checkout/inspect-paths.ts'
import type { TargetRefusal, TargetState } from '../checkout/target-state.ts'
import { GitError } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import { isAncestor } from '../refs.ts'
import type { IndexSnapshot } from '../user-index/read-index.ts'

export type SaveFailure = Failure<SaveErrorCode | 'target_missing'>

/** What moving the target needs to know; nothing stands in the way of it at this moment. */
export interface Readiness {
  state: TargetState
  /** What the move changes; nothing when `to` does not follow from where the target is now. */
  changes?: Change[]
  /** What the origin checkout has at those paths; nothing when it shows another branch. */
  origin?: Origin
}

export interface Origin {
  index: IndexSnapshot
  seen: Inspection['seen']
}

export interface PlannedMove {
  target: string
  /** Where the caller saw the target, to begin with; it may have moved since. */
  from?: string
  to: string
  /** `to` must contain the target's commit, and it is not known yet that it does. */
  forward: boolean
  /** Where the target is, what changes on the way from there, and the origin checkout's index. */
  readTarget(): Promise<Result<TargetState, TargetRefusal>>
  readChanges(from: string): Promise<Change[]>
  readIndex(): Promise<IndexSnapshot>
}

/** Finds whether the target can move, and everything that moving it needs to know. Reads only. */
export async function findReadiness(
  mirror: Mirror,
  move: PlannedMove,
): Promise<Result<Readiness, SaveFailure>> {
  const reading = { git: mirror.git, repository: mirror.repository }
  const [early, state] = await Promise.all([
    move.from === undefined ? undefined : findWay(mirror, move, move.from),
    move.readTarget(),
  ])
  if (!state.ok) return state
  const { commit, checkedOut } = state.value
  if (commit === move.to) return fail('save_nothing', `${move.target} is at ${commit} already`)
  const changes = commit === move.from ? early : await findWay(mirror, move, commit)
  const way = changes ? { changes } : {}
  if (!checkedOut) return ok({ state: state.value, ...way })
  const index = await move.readIndex()
  const seen = await checkOrigin(reading, { index, changes: changes ?? [] })
  if (!seen.ok) return seen
  return ok({ state: state.value, ...way, origin: { index, seen: seen.value } })
}

/** What changes between the two, or nothing when the move is not a way forward. */
async function findWay(
  mirror: Mirror,
  { to, forward, readChanges }: PlannedMove,
  from: string,
): Promise<Change[] | undefined> {
  try {
    const [changes, follows] = await Promise.all([
      readChanges(from),
      forward ? isAncestor(mirror, from, to) : true,
    ])
    return follows ? changes : undefined
  } catch (error) {
    // A commit that the user made since; the mirror learns of it when it is refreshed.
    if (error instanceof GitError && UNKNOWN.test(error.stderr)) return undefined
    throw error
  }
}

const UNKNOWN = /[Nn]ot a valid (commit|object) name|bad object|unable to read tree/
