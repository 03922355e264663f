import type { SessionState } from '../../src-shared/contract/index.ts'

/** Every move a session may make. `finalized` is final. */
export const sessionMoves: Readonly<Record<SessionState, readonly SessionState[]>> = {
  draft: ['active'],
  active: ['awaiting_review', 'suspended'],
  awaiting_review: ['active', 'suspended', 'finalized'],
  suspended: ['active', 'awaiting_review'],
  finalized: [],
}

export const canMoveSession = (from: SessionState, to: SessionState): boolean =>
  sessionMoves[from].includes(to)
