import type { ErrorCode } from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import type { SessionRow, Tables, TaskRow } from '../../storage/index.ts'

export type WorkResult<T> = Result<T, Failure<ErrorCode>>

const OVER = 'its session is finalized'

/** A task that may still be changed: its session is not finalized. */
export function findTask(read: Tables, taskId: string): WorkResult<TaskRow> {
  const task = read.tasks.get(taskId)
  if (!task) return fail('not_found', `there is no task ${taskId}`)
  const session = findSession(read, task.sessionId)
  return session.ok ? ok(task) : session
}

/** A session that may still be changed. */
export function findSession(read: Tables, sessionId: string): WorkResult<SessionRow> {
  const session = read.sessions.get(sessionId)
  if (!session) return fail('not_found', `there is no session ${sessionId}`)
  return session.state === 'finalized' ? fail('illegal_move', OVER) : ok(session)
}
