import * as z from 'zod'
import { checkpointSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type TableContext } from '../table.ts'

const checkpointRowSchema = checkpointSchema.extend({ sessionId: z.string() })
export type CheckpointRow = z.infer<typeof checkpointRowSchema>

export interface Checkpoints {
  insert(checkpoint: CheckpointRow): void
  get(sessionId: string, n: number): CheckpointRow | undefined
  /** By number, lowest first. */
  list(sessionId: string): CheckpointRow[]
}

export function createCheckpoints(context: TableContext): Checkpoints {
  const table = createTable(context, {
    name: 'checkpoints',
    schema: checkpointRowSchema,
    key: 'tag',
    json: ['evidence'],
  })
  const one = table.select('WHERE session_id = ? AND n = ?')
  const bySession = table.select('WHERE session_id = ? ORDER BY n')
  return {
    insert: (checkpoint) => void table.insert(checkpoint),
    get: (sessionId, n) => one.one(sessionId, n),
    list: (sessionId) => bySession.all(sessionId),
  }
}
