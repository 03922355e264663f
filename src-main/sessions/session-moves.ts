import type { Reason, SessionState } from '../../src-shared/contract/index.ts'
import type { Clock } from '../base/index.ts'
import type { Events } from '../events/index.ts'
import type { SessionRow } from '../storage/index.ts'
import type { Transaction } from '../tasks/index.ts'
import { canMoveSession } from './transitions.ts'

interface SessionMove {
  to: SessionState
  reason?: Reason
  actor?: string
}

/**
 * Moves a session and says so, in one transaction. A move that the table does not have throws: what a user
 * may ask for is checked with `canMoveSession` before.
 */
export function moveSession(
  { events, clock }: { events: Events; clock: Clock },
  sessionId: string,
  move: SessionMove,
): SessionRow {
  const at = clock.now()
  return events.commit((tables, emit) =>
    moveSessionIn({ tables, emit }, sessionId, { ...move, at }),
  )
}

/** The same as a part of the caller's transaction. `at` is ISO 8601. */
export function moveSessionIn(
  { tables, emit }: Transaction,
  sessionId: string,
  move: SessionMove & { at: string },
): SessionRow {
  const session = tables.sessions.get(sessionId)
  if (!session) throw new Error(`no session ${sessionId}`)
  if (!canMoveSession(session.state, move.to)) {
    throw new Error(`session ${sessionId} cannot move from ${session.state} to ${move.to}`)
  }
  const now = { state: move.to, reason: move.reason, updatedAt: move.at }
  tables.sessions.update(sessionId, now)
  emit({
    type: 'session.state_changed',
    actor: move.actor ?? 'orchestrator',
    sessionId,
    data: { from: session.state, to: move.to, ...(move.reason ? { reason: move.reason } : {}) },
  })
  return { ...session, ...now }
}
