import * as z from 'zod'
import { type Run, runOutcomes, runSchema, taskKinds } from '../../../src-shared/contract/index.ts'
import { createTable, type Patch, type TableContext } from '../table.ts'

const runRecordSchema = z.object({
  kind: z.enum(taskKinds),
  outcome: z.enum(runOutcomes),
  code: z.string().nullable(),
  /** Its work was red and went back to be mended. */
  mended: z.number().transform(Boolean),
  costUsd: z.number(),
})
export type RunRecord = z.output<typeof runRecordSchema>

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
  /** How its last tasks went, newest first: what is worth knowing for a choice among agents. */
  record(agent: string, limit: number): RunRecord[]
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
  const record = context.db.prepare(
    `SELECT tasks.kind, runs.outcome, runs.reason ->> '$.code' AS code,
            EXISTS (SELECT 1 FROM runs AS later WHERE later.task_id = runs.task_id
                    AND later.n > runs.n AND later.cause = 'check_failed') AS mended,
            runs.usage ->> '$.costUsd' AS costUsd
     FROM runs JOIN tasks ON tasks.id = runs.task_id
     WHERE runs.agent = ? AND runs.state = 'ended' AND runs.cause <> 'taken_over'
     ORDER BY runs.n DESC LIMIT ?`,
  )
  const next = context.db.prepare('SELECT coalesce(max(n), 0) + 1 FROM runs').pluck()
  return {
    insert: (run) => void table.insert(run),
    get: (id) => byId.one(id),
    byTask: (taskId) => byTask.all(taskId),
    bySession: (sessionId) => bySession.all(sessionId),
    unended: () => unended.all(),
    recent: (agent, limit) => recent.all(agent, limit),
    record: (agent, limit) =>
      record.all(agent, limit).flatMap((row) => runRecordSchema.safeParse(row).data ?? []),
    update: (id, patch) => table.update(id, patch),
    nextNumber: () => Number(next.get()),
  }
}
