import type { TaskState } from '../../src-shared/contract/index.ts'

/** Every move a task may make. What is not here cannot happen; `integrated` is final. */
export const taskMoves: Readonly<Record<TaskState, readonly TaskState[]>> = {
  planned: ['blocked', 'queued', 'cancelled'],
  // To itself: what it waits for failed, or is tried again.
  blocked: ['blocked', 'queued', 'cancelled'],
  queued: ['running', 'blocked', 'failed', 'cancelled'],
  running: ['reported', 'queued', 'failed', 'cancelled'],
  // To `integrated`: a review changes nothing, so there is nothing to verify or merge.
  reported: ['verifying', 'integrated', 'failed', 'cancelled'],
  verifying: ['verified', 'queued', 'failed', 'cancelled'],
  verified: ['integrating', 'failed', 'cancelled'],
  integrating: ['integrated', 'conflicted', 'failed', 'cancelled'],
  integrated: [],
  conflicted: ['queued', 'cancelled'],
  failed: ['queued', 'cancelled'],
  cancelled: ['queued'],
}

export const canMoveTask = (from: TaskState, to: TaskState): boolean => taskMoves[from].includes(to)

/** Whether work of this task is still to come or to be decided by a human. */
export const isUnfinished = (state: TaskState): boolean =>
  state !== 'integrated' && state !== 'cancelled' && state !== 'failed'

/** Whether a human may have the task done again. */
export const isRetryable = (state: TaskState): boolean =>
  state === 'failed' || state === 'conflicted' || state === 'cancelled'
