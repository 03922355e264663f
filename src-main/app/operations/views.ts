import type { Session, Task } from '../../../src-shared/contract/index.ts'
import { fail, ok } from '../../base/index.ts'
import type { SessionRow, Tables, TaskRow } from '../../storage/index.ts'
import type { Parts } from '../boot.ts'
import type { Outcome } from '../outcome.ts'

/** A session as clients see it; after something was done with it, its row or the refusal. */
export function sessionView(
  { sessions }: Pick<Parts, 'sessions'>,
  done: Outcome<{ id: string }>,
): Outcome<Session> {
  if (!done.ok) return done
  const session = sessions.get(done.value.id)
  return session ? ok(session) : fail('not_found', `there is no session ${done.value.id}`)
}

/** A task as clients see it, with its runs and its evidence. */
export function taskView(read: Tables, done: Outcome<{ id: string }>): Outcome<Task> {
  if (!done.ok) return done
  const { id } = done.value
  const row = read.tasks.get(id)
  if (!row) return fail('not_found', `there is no task ${id}`)
  return ok({ ...row, runs: read.runs.byTask(id), evidence: read.evidence.byTask(id) })
}

export function findSession(read: Tables, session: string): Outcome<SessionRow> {
  const row = read.sessions.get(session)
  return row ? ok(row) : fail('not_found', `there is no session ${session}`)
}

/** A task by both of its names: that it is one of this session is part of the question. */
export function findTask(
  read: Tables,
  { session, task }: { session: string; task: string },
): Outcome<TaskRow> {
  const row = read.tasks.get(task)
  return row?.sessionId === session
    ? ok(row)
    : fail('not_found', `the session ${session} has no task ${task}`)
}
