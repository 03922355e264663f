import type { Approval, Reason } from '../../src-shared/contract/index.ts'
import { type Failure, fail, newTaskId, ok, type Result } from '../base/index.ts'
import type { Tables, TaskRow } from '../storage/index.ts'
import type { TaskDeps } from './deps.ts'
import type { Engine } from './engine.ts'
import type { ReadyTask } from './plan.ts'
import { moveTaskIn, type Transaction } from './task-moves.ts'
import { canMoveTask, isRetryable } from './transitions.ts'

type WorkResult<T> = Result<T, Failure<'not_found' | 'illegal_move'>>

/** What a user may ask of tasks. Each is checked against the table of moves first. */
export interface TaskCommands {
  /** Ends what is under way; the worktree is snapshotted and kept. An integrated task stays. */
  cancel(taskId: string): Promise<WorkResult<TaskRow>>
  /** Starts a failed, conflicted or cancelled task again from the integration head, with a word to the agent. */
  retry(taskId: string, note?: string): WorkResult<TaskRow>
  /** Answers a question; an answer to one that was answered or withdrawn is refused. */
  decide(
    approvalId: string,
    answer: { decision: 'allow' | 'deny'; note?: string },
  ): WorkResult<Approval>
}

const CANCELLED: Reason = { code: 'run_cancelled', message: 'cancelled by the user' }

export function createTaskCommands(deps: TaskDeps, engine: Engine): TaskCommands {
  const { read } = deps.events
  const find = (taskId: string): WorkResult<TaskRow> => {
    const task = read.tasks.get(taskId)
    if (!task) return fail('not_found', `there is no task ${taskId}`)
    return isOver(deps, task.sessionId) ? fail('illegal_move', OVER) : ok(task)
  }

  return {
    async cancel(taskId) {
      const found = find(taskId)
      if (!found.ok) return found
      return await engine.stop(taskId, () => {
        const now = find(taskId)
        if (!now.ok || now.value.state === 'cancelled') return now
        if (!canMoveTask(now.value.state, 'cancelled')) {
          return fail('illegal_move', `a task that is ${now.value.state} cannot be cancelled`)
        }
        return ok(cancelTask(deps, now.value))
      })
    },

    retry(taskId, note = '') {
      const found = find(taskId)
      if (!found.ok) return found
      if (!isRetryable(found.value.state)) {
        return fail('illegal_move', `a task that is ${found.value.state} cannot be retried`)
      }
      const task = retryTask(deps, found.value, note.trim())
      deps.sessions.reopen(task.sessionId)
      engine.wake(task.sessionId)
      return ok(task)
    },

    decide(approvalId, { decision, note }) {
      const approval = read.approvals.get(approvalId)
      if (!approval) return fail('not_found', `there is no approval ${approvalId}`)
      if (approval.state !== 'open') return fail('illegal_move', `it was ${approval.state} before`)
      if (isOver(deps, approval.sessionId)) return fail('illegal_move', OVER)
      const state = decision === 'allow' ? 'allowed' : 'denied'
      const decided: Approval = { ...approval, state, decidedBy: 'user', ...(note ? { note } : {}) }
      const at = deps.clock.now()
      deps.events.commit((tables, emit) => {
        settleApproval({ tables, emit }, decided)
        onDecided[decided.kind]({ tables, emit }, decided, at)
      })
      deps.sessions.reopen(approval.sessionId)
      engine.wake(approval.sessionId)
      return ok(decided)
    },
  }
}

const OVER = 'its session is finalized'

const isOver = (deps: TaskDeps, sessionId: string): boolean =>
  deps.events.read.sessions.get(sessionId)?.state === 'finalized'

/** What an answer means for the work, by the kind of question. */
const onDecided: Record<
  Approval['kind'],
  (transaction: Transaction, approval: Approval, at: string) => void
> = {
  content(transaction, { taskId, state, note }, at) {
    if (!taskId) return
    if (state === 'allowed') {
      transaction.tables.tasks.update(taskId, { reason: undefined, updatedAt: at })
      return
    }
    const reason = { code: 'content_denied', message: note ?? 'you denied the content' } as const
    moveTaskIn(transaction, taskId, { to: 'failed', reason, actor: 'user', at })
  },
  // The run that asked hears of it as an event.
  permission: () => undefined,
  // The next Save finds it.
  save: () => undefined,
}

/** The task and the questions about it end together. */
function cancelTask(deps: TaskDeps, task: TaskRow): TaskRow {
  const at = deps.clock.now()
  return deps.events.commit((tables, emit) => {
    for (const approval of tables.approvals.open(task.sessionId)) {
      if (approval.taskId !== task.id) continue
      settleApproval({ tables, emit }, { ...approval, state: 'withdrawn' })
    }
    const move = { to: 'cancelled', reason: CANCELLED, actor: 'user', at } as const
    return moveTaskIn({ tables, emit }, task.id, move)
  })
}

/** Queued again, together with the word to its agent. */
function retryTask(deps: TaskDeps, { id: taskId, sessionId }: TaskRow, note: string): TaskRow {
  const at = deps.clock.now()
  return deps.events.commit((tables, emit) => {
    if (note !== '') {
      const message = tables.messages.insert({ sessionId, taskId, author: 'user', text: note, at })
      emit({ type: 'message.posted', actor: 'user', sessionId, taskId, data: { message } })
    }
    return moveTaskIn({ tables, emit }, taskId, { to: 'queued', actor: 'user', at })
  })
}

function settleApproval({ tables, emit }: Transaction, approval: Approval): void {
  tables.approvals.update(approval.id, approval)
  emit({
    type: 'approval.decided',
    actor: approval.decidedBy ?? 'orchestrator',
    sessionId: approval.sessionId,
    ...(approval.taskId ? { taskId: approval.taskId } : {}),
    data: { approval },
  })
}

/** Stores a plan's tasks as `planned`; call it inside the transaction that creates or changes the session. */
export function insertTasks(
  tables: Tables,
  { sessionId, tasks, at }: { sessionId: string; tasks: readonly ReadyTask[]; at: string },
): TaskRow[] {
  return tasks.map((task) => {
    const id = newTaskId()
    const row: TaskRow = {
      id,
      sessionId,
      key: task.id,
      title: task.title,
      prompt: task.prompt,
      kind: task.kind,
      state: 'planned',
      ...(task.agent ? { wantedAgent: task.agent } : {}),
      needs: task.needs,
      files: task.files,
      branch: `session/${sessionId}/task/${id}`,
      createdAt: at,
      updatedAt: at,
    }
    tables.tasks.insert(row)
    return row
  })
}
