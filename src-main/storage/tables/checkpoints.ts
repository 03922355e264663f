import * as z from 'zod'
import { type Checkpoint, checkpointSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type TableContext } from '../table.ts'

const checkpointRowSchema = checkpointSchema.extend({ sessionId: z.string() })
type CheckpointRow = z.infer<typeof checkpointRowSchema>

export interface Checkpoints {
  insert(checkpoint: CheckpointRow): void
  get(sessionId: string, n: number): Checkpoint | undefined
  /** By number, lowest first. */
  list(sessionId: string): Checkpoint[]
}

export function createCheckpoints(context: TableContext): Checkpoints {
  const json = ['evidence'] as const
  const written = createTable(context, {
    name: 'checkpoints',
    schema: checkpointRowSchema,
    key: 'tag',
    json,
  })
  const read = createTable(context, {
    name: 'checkpoints',
    schema: checkpointSchema,
    key: 'tag',
    json,
  })
  const one = read.select('WHERE session_id = ? AND n = ?')
  const bySession = read.select('WHERE session_id = ? ORDER BY n')
  return {
    insert: (checkpoint) => void written.insert(checkpoint),
    get: (sessionId, n) => one.one(sessionId, n),
    list: (sessionId) => bySession.all(sessionId),
  }
}
