import * as z from 'zod'
import { createTable, type TableContext } from '../table.ts'

const commitRowSchema = z.object({
  commit: z.string(),
  sessionId: z.string(),
  taskId: z.string().optional(),
  kind: z.enum(['task', 'merge', 'restore', 'target_merge']),
})
/** A commit that Thalogos made; every other one on the target is foreign. */
type CommitRow = z.infer<typeof commitRowSchema>

export interface Commits {
  /** Remembers a commit; the first word on it in its session stands. */
  insert(commit: CommitRow): void
  get(commit: string): CommitRow | undefined
  /** In the order they were made. */
  bySession(sessionId: string): CommitRow[]
}

export function createCommits(context: TableContext): Commits {
  const table = createTable(context, {
    name: 'commits',
    schema: commitRowSchema,
    key: 'commit',
    onConflict: 'ON CONFLICT ("commit", session_id) DO NOTHING',
  })
  const byCommit = table.select('WHERE "commit" = ? ORDER BY ordinal LIMIT 1')
  const bySession = table.select('WHERE session_id = ? ORDER BY ordinal')
  return {
    insert: (commit) => void table.insert(commit),
    get: (commit) => byCommit.one(commit),
    bySession: (sessionId) => bySession.all(sessionId),
  }
}
