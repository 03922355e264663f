import * as z from 'zod'
import { evidenceSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type TableContext } from '../table.ts'

const evidenceRowSchema = evidenceSchema.extend({
  sessionId: z.string(),
  taskId: z.string().optional(),
  /** Identity of what the verify worktree was set up with. */
  setup: z.string(),
})
export type EvidenceRow = z.infer<typeof evidenceRowSchema>

export interface EvidenceTable {
  insert(evidence: EvidenceRow): void
  /** The newest result of exactly this check on exactly this tree, whichever session ran it. */
  find(wanted: Pick<EvidenceRow, 'tree' | 'check' | 'command' | 'setup'>): EvidenceRow | undefined
  /** Oldest first. */
  byTask(taskId: string): EvidenceRow[]
  /** Oldest first; what no task caused (Save) included. */
  bySession(sessionId: string): EvidenceRow[]
}

export function createEvidence(context: TableContext): EvidenceTable {
  const table = createTable(context, { name: 'evidence', schema: evidenceRowSchema, key: 'tree' })
  const same = table.select(
    `WHERE tree = ? AND "check" = ? AND command = ? AND setup = ? ORDER BY id DESC LIMIT 1`,
  )
  const byTask = table.select('WHERE task_id = ? ORDER BY id')
  const bySession = table.select('WHERE session_id = ? ORDER BY id')
  return {
    insert: (evidence) => void table.insert(evidence),
    find: ({ tree, check, command, setup }) => same.one(tree, check, command, setup),
    byTask: (taskId) => byTask.all(taskId),
    bySession: (sessionId) => bySession.all(sessionId),
  }
}
