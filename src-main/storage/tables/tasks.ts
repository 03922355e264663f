import type * as z from 'zod'
import {
  type SessionState,
  type TaskState,
  taskSchema,
} from '../../../src-shared/contract/index.ts'
import { createTable, type Patch, type TableContext } from '../table.ts'

const taskRowSchema = taskSchema.omit({ runs: true, evidence: true })
/** A task without its runs and evidence, which have tables of their own. */
export type TaskRow = z.infer<typeof taskRowSchema>

/** How many tasks of sessions in one state are in another. */
export interface TaskCount {
  session: SessionState
  state: TaskState
  count: number
}

export interface Tasks {
  /** A need is the key of a task of the same session, which must be there when the transaction ends. */
  insert(task: TaskRow): void
  get(id: string): TaskRow | undefined
  /** In the order of the plan. */
  bySession(sessionId: string): TaskRow[]
  update(id: string, patch: Patch<TaskRow>): void
  /** Of sessions that are not finalized. */
  counts(): TaskCount[]
  /** Ids of the tasks that could run and wait for a place: queued ones of active sessions, oldest first. */
  waiting(): string[]
}

export function createTasks(context: TableContext): Tasks {
  const table = createTable(context, {
    name: 'tasks',
    schema: taskRowSchema,
    key: 'id',
    json: ['needs', 'files', 'reason', 'review'],
    computed: {
      needs: `(SELECT json_group_array(need ORDER BY position) FROM task_needs
               WHERE task_id = tasks.id)`,
    },
  })
  const byId = table.select('WHERE id = ?')
  const bySession = table.select('WHERE session_id = ? ORDER BY ordinal')
  const forgetNeeds = context.db.prepare('DELETE FROM task_needs WHERE task_id = ?')
  const addNeeds = context.db.prepare(
    `INSERT INTO task_needs (task_id, position, session_id, need)
     SELECT tasks.id, needs.key, session_id, needs.value
     FROM tasks, json_each(?) AS needs WHERE tasks.id = ?`,
  )
  // The sessions first: those that are over are most of them, and none of their tasks is looked at.
  const counts = context.db.prepare(
    `SELECT sessions.state AS session, tasks.state AS state, count(*) AS count
     FROM sessions CROSS JOIN tasks ON tasks.session_id = sessions.id
     WHERE sessions.state <> 'finalized' GROUP BY 1, 2`,
  )
  const waiting = context.db
    .prepare(
      `SELECT tasks.id FROM sessions CROSS JOIN tasks ON tasks.session_id = sessions.id
       WHERE sessions.state = 'active' AND tasks.state = 'queued' ORDER BY tasks.ordinal`,
    )
    .pluck()
  return {
    insert(task) {
      table.insert(task)
      addNeeds.run(JSON.stringify(task.needs), task.id)
    },
    get: (id) => byId.one(id),
    bySession: (sessionId) => bySession.all(sessionId),
    update(id, patch) {
      table.update(id, patch)
      if (!patch.needs) return
      forgetNeeds.run(id)
      addNeeds.run(JSON.stringify(patch.needs), id)
    },
    counts: () => counts.all() as TaskCount[],
    waiting: () => waiting.all() as string[],
  }
}
