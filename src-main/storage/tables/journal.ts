import * as z from 'zod'
import { createTable, type TableContext } from '../table.ts'

const journalEntrySchema = z.object({
  id: z.string(),
  projectId: z.string(),
  sessionId: z.string(),
  kind: z.string(),
  step: z.string(),
  data: z.unknown(),
  at: z.iso.datetime(),
})
/** An intention that is being carried out on the user's repository: what the next start must finish or undo. */
type JournalEntry = z.infer<typeof journalEntrySchema>

export interface Journal {
  /** Writes an entry; one with the same id is replaced. */
  put(entry: JournalEntry): void
  update(id: string, change: { step: string; data?: unknown }): void
  remove(id: string): void
  /** Everything not finished, oldest first. */
  open(projectId?: string): JournalEntry[]
}

export function createJournal(context: TableContext): Journal {
  const table = createTable(context, {
    name: 'journal',
    schema: journalEntrySchema,
    key: 'id',
    json: ['data'],
    onConflict: `ON CONFLICT (id) DO UPDATE SET project_id = excluded.project_id,
      session_id = excluded.session_id, kind = excluded.kind, step = excluded.step,
      data = excluded.data, at = excluded.at`,
  })
  const byProject = table.select('WHERE project_id = ? ORDER BY ordinal')
  const all = table.select('ORDER BY ordinal')
  const remove = context.db.prepare('DELETE FROM journal WHERE id = ?')
  return {
    put: (entry) => void table.insert(entry),
    update: (id, change) => table.update(id, change),
    remove(id) {
      context.assertWriting()
      remove.run(id)
    },
    open: (projectId) => (projectId === undefined ? all.all() : byProject.all(projectId)),
  }
}
