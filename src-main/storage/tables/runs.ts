import { type Run, runSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type Patch, type TableContext } from '../table.ts'

export interface Runs {
  insert(run: Run): void
  get(id: string): Run | undefined
  /** Oldest first. */
  byTask(taskId: string): Run[]
  /** Oldest first; a planner's runs, which have no task, included. */
  bySession(sessionId: string): Run[]
  /** Those that are starting or running, in every session. */
  unended(): Run[]
  /** The last ended runs of an agent, newest first. */
  recent(agent: string, limit: number): Run[]
  update(id: string, patch: Patch<Run>): void
  /** The number for the next run: unique in the data folder, from 1. Taken by inserting it. */
  nextNumber(): number
}

export function createRuns(context: TableContext): Runs {
  const table = createTable(context, {
    name: 'runs',
    schema: runSchema,
    key: 'id',
    json: ['reason', 'usage'],
  })
  const byId = table.select('WHERE id = ?')
  const byTask = table.select('WHERE task_id = ? ORDER BY n')
  const bySession = table.select('WHERE session_id = ? ORDER BY n')
  const unended = table.select("WHERE state <> 'ended' ORDER BY n")
  const recent = table.select("WHERE agent = ? AND state = 'ended' ORDER BY n DESC LIMIT ?")
  const next = context.db.prepare('SELECT coalesce(max(n), 0) + 1 FROM runs').pluck()
  return {
    insert: (run) => void table.insert(run),
    get: (id) => byId.one(id),
    byTask: (taskId) => byTask.all(taskId),
    bySession: (sessionId) => bySession.all(sessionId),
    unended: () => unended.all(),
    recent: (agent, limit) => recent.all(agent, limit),
    update: (id, patch) => table.update(id, patch),
    nextNumber: () => Number(next.get()),
  }
}
