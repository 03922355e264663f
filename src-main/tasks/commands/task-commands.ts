import type { Approval, Reason } from '../../../src-shared/contract/index.ts'
import { fail, ok } from '../../base/index.ts'
import type { TaskRow } from '../../storage/index.ts'
import type { TaskDeps } from '../deps.ts'
import type { Engine } from '../engine.ts'
import { moveTaskIn, type Transaction } from '../task-moves.ts'
import { canMoveTask, isRetryable } from '../transitions.ts'
import { findSession, findTask, type WorkResult } from './find-task.ts'
import { type Answer, answered, onDecided, settleApproval, withdrawApprovals } from './questions.ts'
import { createSteering, type Steering } from './steering.ts'
import { createTakeover, type Takeover } from './takeover.ts'
import { postMessage } from './task-message.ts'

/** What a user may ask of tasks. Each is checked against the table of moves first. */
export interface TaskCommands extends Steering, Takeover {
  /** Ends what is under way; the worktree is snapshotted and kept. An integrated task stays. */
  cancel(taskId: string): Promise<WorkResult<TaskRow>>
  /** Starts a failed, conflicted or cancelled task again from the integration head, with a word to the agent. */
  retry(taskId: string, note?: string): WorkResult<TaskRow>
  /** Answers a question; an answer to one that was answered or withdrawn is refused. */
  decide(approvalId: string, answer: Answer): WorkResult<Approval>
}

const CANCELLED: Reason = { code: 'run_cancelled', message: 'cancelled by the user' }

export function createTaskCommands(deps: TaskDeps, engine: Engine): TaskCommands {
  const retry: TaskCommands['retry'] = (taskId, note = '') => {
    const found = findTask(deps.events.read, taskId)
    if (!found.ok) return found
    if (!isRetryable(found.value.state)) {
      return fail('illegal_move', `a task that is ${found.value.state} cannot be retried`)
    }
    const task = retryTask(deps, found.value, note.trim())
    goOn(deps, engine, task.sessionId)
    return ok(task)
  }
  return {
    retry,
    cancel: (taskId) => cancel(deps, engine, taskId),
    decide: (approvalId, answer) => decide(deps, engine, { approvalId, answer }),
    ...createSteering(deps, engine, retry),
    ...createTakeover(deps, engine),
  }
}

/** A human asked for something: a session that waited for one goes on. */
function goOn(deps: TaskDeps, engine: Engine, sessionId: string): void {
  deps.sessions.reopen(sessionId)
  engine.wake(sessionId)
}

async function cancel(
  deps: TaskDeps,
  engine: Engine,
  taskId: string,
): Promise<WorkResult<TaskRow>> {
  const { read } = deps.events
  const found = findTask(read, taskId)
  if (!found.ok) return found
  return await engine.stop(taskId, () => {
    const now = findTask(read, taskId)
    if (!now.ok || now.value.state === 'cancelled') return now
    if (!canMoveTask(now.value.state, 'cancelled')) {
      return fail('illegal_move', `a task that is ${now.value.state} cannot be cancelled`)
    }
    return ok(cancelTask(deps, now.value))
  })
}

function decide(
  deps: TaskDeps,
  engine: Engine,
  { approvalId, answer }: { approvalId: string; answer: Answer },
): WorkResult<Approval> {
  const approval = deps.events.read.approvals.get(approvalId)
  if (!approval) return fail('not_found', `there is no approval ${approvalId}`)
  if (approval.state !== 'open') return fail('illegal_move', `it was ${approval.state} before`)
  const session = findSession(deps.events.read, approval.sessionId)
  if (!session.ok) return session
  if (!approval.options.includes(answer.decision)) {
    return fail('illegal_move', `it can be answered with: ${approval.options.join(', ')}`)
  }
  const decided = answered(approval, answer)
  const at = deps.clock.now()
  deps.events.commit((tables, emit) => {
    settleApproval({ tables, emit }, decided)
    onDecided[decided.kind]({ tables, emit }, decided, at)
  })
  // A Save that waits for its answer is no work of the tasks.
  if (approval.kind !== 'save') goOn(deps, engine, approval.sessionId)
  return ok(decided)
}

/** The task and the questions about it end together. */
function cancelTask(deps: TaskDeps, task: TaskRow): TaskRow {
  const at = deps.clock.now()
  return deps.events.commit((tables, emit) => {
    withdrawApprovals({ tables, emit }, task.sessionId, ({ taskId }) => taskId === task.id)
    const move = { to: 'cancelled', reason: CANCELLED, actor: 'user', at } as const
    return moveTaskIn({ tables, emit }, task.id, move)
  })
}

/** Queued again, together with the word to its agent. */
function retryTask(deps: TaskDeps, { id: taskId, sessionId }: TaskRow, note: string): TaskRow {
  const at = deps.clock.now()
  return deps.events.commit((tables, emit) => {
    const transaction: Transaction = { tables, emit }
    if (note !== '') postMessage(transaction, { sessionId, taskId, text: note, at })
    return moveTaskIn(transaction, taskId, { to: 'queued', actor: 'user', at })
  })
}
