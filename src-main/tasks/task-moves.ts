import type { EventDraft, Reason, TaskState } from '../../src-shared/contract/index.ts'
import type { Clock } from '../base/index.ts'
import type { Events } from '../events/index.ts'
import type { Tables, TaskRow } from '../storage/index.ts'
import { canMoveTask } from './transitions.ts'

/** A transaction under way: its tables, and the way to say what happened. */
export interface Transaction {
  tables: Tables
  emit: (event: EventDraft) => void
}

export interface TaskMove {
  to: TaskState
  /** Why; a move without one clears the reason of the move before. */
  reason?: Reason
  /** `orchestrator` when not given. */
  actor?: string
  /** Columns that change together with the state. */
  set?: Partial<Pick<TaskRow, 'agent' | 'commit' | 'summary'>>
}

/**
 * Moves a task and says so, in one transaction. A move that the table does not have is a bug of the caller
 * and throws; what a user may ask for is checked with `canMoveTask` before.
 */
export function moveTask(
  { events, clock }: { events: Events; clock: Clock },
  taskId: string,
  move: TaskMove,
): TaskRow {
  const at = clock.now()
  return events.commit((tables, emit) => moveTaskIn({ tables, emit }, taskId, { ...move, at }))
}

/** The same as a part of the caller's transaction. `at` is ISO 8601. */
export function moveTaskIn(
  { tables, emit }: Transaction,
  taskId: string,
  move: TaskMove & { at: string },
): TaskRow {
  const task = tables.tasks.get(taskId)
  if (!task) throw new Error(`no task ${taskId}`)
  if (!canMoveTask(task.state, move.to)) {
    throw new Error(`task ${taskId} cannot move from ${task.state} to ${move.to}`)
  }
  const now = { state: move.to, reason: move.reason, updatedAt: move.at, ...move.set }
  tables.tasks.update(taskId, now)
  emit({
    type: 'task.state_changed',
    actor: move.actor ?? 'orchestrator',
    sessionId: task.sessionId,
    taskId,
    data: {
      from: task.state,
      to: move.to,
      ...(move.reason ? { reason: move.reason } : {}),
      ...move.set,
    },
  })
  return { ...task, ...now }
}
