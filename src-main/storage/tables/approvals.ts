import { type Approval, approvalSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type Patch, type TableContext } from '../table.ts'

export interface Approvals {
  insert(approval: Approval): void
  get(id: string): Approval | undefined
  /** Those that wait for an answer, oldest first. */
  open(sessionId?: string): Approval[]
  /** Oldest first. */
  bySession(sessionId: string): Approval[]
  update(id: string, patch: Patch<Approval>): void
}

export function createApprovals(context: TableContext): Approvals {
  const table = createTable(context, {
    name: 'approvals',
    schema: approvalSchema,
    key: 'id',
    json: ['options'],
  })
  const byId = table.select('WHERE id = ?')
  const open = table.select("WHERE state = 'open' ORDER BY ordinal")
  const openOf = table.select("WHERE state = 'open' AND session_id = ? ORDER BY ordinal")
  const bySession = table.select('WHERE session_id = ? ORDER BY ordinal')
  return {
    insert: (approval) => void table.insert(approval),
    get: (id) => byId.one(id),
    open: (sessionId) => (sessionId === undefined ? open.all() : openOf.all(sessionId)),
    bySession: (sessionId) => bySession.all(sessionId),
    update: (id, patch) => table.update(id, patch),
  }
}
