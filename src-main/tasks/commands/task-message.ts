import type { Message } from '../../../src-shared/contract/index.ts'
import type { Transaction } from '../task-moves.ts'

/** Stores a word of the user, for one task's agent or for all of the session, and says so. */
export function postMessage(
  { tables, emit }: Transaction,
  { sessionId, taskId, text, at }: { sessionId: string; taskId?: string; text: string; at: string },
): Message {
  const about = { sessionId, ...(taskId === undefined ? {} : { taskId }) }
  const message = tables.messages.insert({ ...about, author: 'user', text, at })
  emit({ type: 'message.posted', actor: 'user', ...about, data: { message } })
  return message
}
