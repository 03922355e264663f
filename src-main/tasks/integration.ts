import { type Clock, ok, type Result } from '../base/index.ts'
import type { Events } from '../events/index.ts'
import {
  composeMessage,
  hostIdentity,
  type MergeConflict,
  type Mirror,
  mergeCommits,
  readRef,
  sessionTrailers,
  updateRefs,
} from '../git/index.ts'
import type { SessionRow } from '../storage/index.ts'
import type { Transaction } from './task-moves.ts'

/** The session whose integration branch is meant, and the mirror it is in. */
export interface IntegrationPlace {
  mirror: Mirror
  session: SessionRow
}

/** A merge into a session's integration branch: made as a commit, while the branch has not moved yet. */
export interface IntegrationStep {
  /** The branch's full name in the mirror. */
  ref: string
  from: string
  to: string
  tree: string
  /** Whether `to` was made by this merge and is not one of the two that were there. */
  made: boolean
}

export interface IntegrationMerge {
  theirs: string
  subject: string
  trailers?: readonly (readonly [key: string, value: string])[]
}

/** What a moved branch brings with it. */
export interface Advance {
  kind: 'merge' | 'target_merge'
  taskId?: string
  /** Changes that belong to the move: they are stored together with it. */
  store?: (transaction: Transaction) => void
}

/** The one way in which sessions' integration branches are read, merged into and moved. */
export interface Integration {
  /** The branch's full name in the mirror. */
  ref(session: SessionRow): string
  /** The branch's head. Throws when the branch is gone. */
  head(place: IntegrationPlace): Promise<string>
  /** Merges a commit into the head without moving the branch; `merge_conflict` names the files in `details`. */
  merge(
    place: IntegrationPlace,
    merge: IntegrationMerge,
  ): Promise<Result<IntegrationStep, MergeConflict>>
  /** Moves the branch by compare-and-swap and says so. Call it in the session's turn, on a verified tree only. */
  advance(place: IntegrationPlace, step: IntegrationStep, advance: Advance): Promise<void>
}

export function createIntegration(deps: { events: Events; clock: Clock }): Integration {
  return {
    ref: refOf,
    head: readIntegrationHead,
    async merge(place, { theirs, subject, trailers }) {
      const { mirror, session } = place
      const from = await readIntegrationHead(place)
      const merged = await mergeCommits(mirror, {
        ours: from,
        theirs,
        author: hostIdentity(),
        message: composeMessage({ subject, trailers: sessionTrailers(session.id, trailers) }),
      })
      if (!merged.ok) return merged
      const { commit: to, tree } = merged.value
      return ok({ ref: refOf(session), from, to, tree, made: to !== from && to !== theirs })
    },
    async advance({ mirror, session }, { ref, from, to, made }, { kind, taskId, store }) {
      const about = { sessionId: session.id, ...(taskId ? { taskId } : {}) }
      // Known as ours before the branch has it: a crash in between must not make it look like the user's.
      if (made)
        deps.events.commit((tables) => tables.commits.insert({ commit: to, kind, ...about }))
      const moved = await updateRefs(mirror, [{ ref, to, from }])
      if (!moved.ok) {
        throw new Error(`the integration branch moved on its own: ${moved.error.message}`)
      }
      deps.events.commit((tables, emit) => {
        const updatedAt = deps.clock.now()
        tables.sessions.update(session.id, { integrationHead: to, updatedAt })
        const data = { from, to }
        emit({ type: 'integration.advanced', actor: 'orchestrator', ...about, data })
        store?.({ tables, emit })
      })
    },
  }
}

const refOf = (session: SessionRow) => `refs/heads/${session.integrationBranch}`

/** The head of a session's integration branch; see `Integration.head`. */
export async function readIntegrationHead({ mirror, session }: IntegrationPlace): Promise<string> {
  const head = await readRef(mirror, refOf(session))
  if (head === undefined) throw new Error(`session ${session.id} has no integration branch`)
  return head
}
