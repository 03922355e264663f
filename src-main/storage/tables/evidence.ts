import * as z from 'zod'
import { type Evidence, evidenceSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type TableContext } from '../table.ts'

const evidenceRowSchema = evidenceSchema.extend({
  sessionId: z.string(),
  taskId: z.string().optional(),
  /** Identity of what the verify worktree was set up with. */
  setup: z.string(),
})
type EvidenceRow = z.infer<typeof evidenceRowSchema>

export interface EvidenceTable {
  insert(evidence: EvidenceRow): void
  /** The newest result of exactly this check on exactly this tree, whichever session ran it. */
  find(wanted: Pick<EvidenceRow, 'tree' | 'check' | 'command' | 'setup'>): Evidence | undefined
  /** Oldest first. */
  byTask(taskId: string): Evidence[]
  /** Oldest first. */
  byTree(tree: string): Evidence[]
}

export function createEvidence(context: TableContext): EvidenceTable {
  const written = createTable(context, {
    name: 'evidence',
    schema: evidenceRowSchema,
    key: 'tree',
  })
  const read = createTable(context, { name: 'evidence', schema: evidenceSchema, key: 'tree' })
  const same = read.select(
    `WHERE tree = ? AND "check" = ? AND command = ? AND setup = ? ORDER BY id DESC LIMIT 1`,
  )
  const byTask = read.select('WHERE task_id = ? ORDER BY id')
  const byTree = read.select('WHERE tree = ? ORDER BY id')
  return {
    insert: (evidence) => void written.insert(evidence),
    find: ({ tree, check, command, setup }) => same.one(tree, check, command, setup),
    byTask: (taskId) => byTask.all(taskId),
    byTree: (tree) => byTree.all(tree),
  }
}
