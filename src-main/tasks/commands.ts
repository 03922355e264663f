import type { Approval } from '../../src-shared/contract/index.ts'
import { type Failure, fail, newTaskId, ok, type Result } from '../base/index.ts'
import type { Tables, TaskRow } from '../storage/index.ts'
import type { TaskDeps } from './deps.ts'
import type { Engine } from './engine.ts'
import type { ReadyTask } from './plan.ts'
import { moveTask } from './task-moves.ts'
import { canMoveTask } from './transitions.ts'

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

export function createTaskCommands(deps: TaskDeps, engine: Engine): TaskCommands {
  const find = (taskId: string): WorkResult<TaskRow> => {
    const task = deps.events.read.tasks.get(taskId)
    return task ? ok(task) : fail('not_found', `there is no task ${taskId}`)
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
        withdrawApprovals(deps, now.value)
        const reason = { code: 'run_cancelled', message: 'cancelled by the user' } as const
        return ok(moveTask(deps, taskId, { to: 'cancelled', reason, actor: 'user' }))
      })
    },

    retry(taskId, note) {
      const found = find(taskId)
      if (!found.ok) return found
      if (!['failed', 'conflicted', 'cancelled'].includes(found.value.state)) {
        return fail('illegal_move', `a task that is ${found.value.state} cannot be retried`)
      }
      if (note) engine.note(taskId, note)
      const task = moveTask(deps, taskId, { to: 'queued', actor: 'user' })
      deps.sessions.reopen(task.sessionId)
      engine.wake(task.sessionId)
      return ok(task)
    },

    decide(approvalId, { decision, note }) {
      const approval = deps.events.read.approvals.get(approvalId)
      if (!approval) return fail('not_found', `there is no approval ${approvalId}`)
      if (approval.state !== 'open') return fail('illegal_move', `it was ${approval.state} before`)
      const state = decision === 'allow' ? 'allowed' : 'denied'
      const decided: Approval = { ...approval, state, decidedBy: 'user', ...(note ? { note } : {}) }
      settleApproval(deps, decided)
      if (approval.taskId) {
        const reason = {
          code: 'content_denied',
          message: note ?? 'you denied the content',
        } as const
        if (state === 'denied') {
          moveTask(deps, approval.taskId, { to: 'failed', reason, actor: 'user' })
        }
        deps.sessions.reopen(approval.sessionId)
        engine.wake(approval.sessionId)
      }
      return ok(decided)
    },
  }
}

/** Stores the answer; an allowed task no longer waits. */
function settleApproval(deps: TaskDeps, approval: Approval): void {
  deps.events.commit((tables, emit) => {
    tables.approvals.update(approval.id, approval)
    if (approval.taskId) {
      tables.tasks.update(approval.taskId, { reason: undefined, updatedAt: deps.clock.now() })
    }
    emit({
      type: 'approval.decided',
      actor: approval.decidedBy ?? 'orchestrator',
      sessionId: approval.sessionId,
      ...(approval.taskId ? { taskId: approval.taskId } : {}),
      data: { approval },
    })
  })
}

function withdrawApprovals(deps: TaskDeps, task: TaskRow): void {
  for (const approval of deps.events.read.approvals.open(task.sessionId)) {
    if (approval.taskId === task.id) settleApproval(deps, { ...approval, state: 'withdrawn' })
  }
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
