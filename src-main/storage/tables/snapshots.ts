import { type Snapshot, snapshotSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type TableContext } from '../table.ts'

export interface Snapshots {
  /** Numbers the snapshot and returns it. */
  insert(snapshot: Omit<Snapshot, 'id'>): Snapshot
  get(id: number): Snapshot | undefined
  /** Oldest first. */
  list(filter?: { sessionId?: string; taskId?: string }): Snapshot[]
}

export function createSnapshots(context: TableContext): Snapshots {
  const table = createTable(context, {
    name: 'snapshots',
    schema: snapshotSchema,
    key: 'id',
    assigned: 'id',
  })
  const byId = table.select('WHERE id = ?')
  const all = table.select('ORDER BY id')
  const bySession = table.select('WHERE session_id = ? ORDER BY id')
  const byTask = table.select('WHERE task_id = ? ORDER BY id')
  return {
    insert: (snapshot) => ({ ...snapshot, id: table.insert(snapshot) }),
    get: (id) => byId.one(id),
    list({ sessionId, taskId } = {}) {
      if (taskId === undefined)
        return sessionId === undefined ? all.all() : bySession.all(sessionId)
      const ofTask = byTask.all(taskId)
      return sessionId === undefined
        ? ofTask
        : ofTask.filter((snapshot) => snapshot.sessionId === sessionId)
    },
  }
}
