import type { PlanTask } from '../../../src-shared/contract/index.ts'
import { newTaskId } from '../../base/index.ts'
import type { TaskRow } from '../../storage/index.ts'
import type { ReadyTask } from '../plan.ts'
import type { Transaction } from '../task-moves.ts'

/** Tasks as rows that do not exist yet, all `planned`. */
export interface NewTasks {
  sessionId: string
  tasks: readonly ReadyTask[]
  /** `user` unless the orchestrator made them by itself. */
  actor?: string
  /** ISO 8601. */
  at: string
}

/** Stores tasks as `planned` and says so; call it inside the transaction that gives them their session. */
export function insertTasks(
  { tables, emit }: Transaction,
  { sessionId, tasks, actor = 'user', at }: NewTasks,
): TaskRow[] {
  return tasks.map((planned) => {
    const task = rowOf(planned, sessionId, at)
    tables.tasks.insert(task)
    const { id, key, title, needs } = task
    emit({
      type: 'task.created',
      actor,
      sessionId,
      taskId: id,
      data: { key, title, needs, task },
    })
    return task
  })
}

function rowOf(task: PlanTask & { id: string }, sessionId: string, at: string): TaskRow {
  const id = newTaskId()
  return {
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
}
