import { type Message, messageSchema } from '../../../src-shared/contract/index.ts'
import { createTable, type TableContext } from '../table.ts'

export interface Messages {
  /** Numbers the message and returns it. */
  insert(message: Omit<Message, 'id'>): Message
  /** Oldest first. */
  list(sessionId: string): Message[]
  /** Those about one task, oldest first. */
  byTask(taskId: string): Message[]
}

export function createMessages(context: TableContext): Messages {
  const table = createTable(context, {
    name: 'messages',
    schema: messageSchema,
    key: 'id',
    assigned: 'id',
  })
  const bySession = table.select('WHERE session_id = ? ORDER BY id')
  const byTask = table.select('WHERE task_id = ? ORDER BY id')
  return {
    insert: (message) => ({ ...message, id: table.insert(message) }),
    list: (sessionId) => bySession.all(sessionId),
    byTask: (taskId) => byTask.all(taskId),
  }
}
