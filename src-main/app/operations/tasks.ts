import type { Parts } from '../boot.ts'
import type { Handlers } from './handlers.ts'
import { findSession, findTask, taskView } from './views.ts'

type TaskName =
  | 'delegateTask'
  | 'cancelTask'
  | 'retryTask'
  | 'messageTask'
  | 'reviewTask'
  | 'takeOverRun'
  | 'handBackRun'

/** What a user asks of tasks and of the agents that work on them. */
export function taskHandlers({ agents, events, tasks }: Parts): Handlers<TaskName> {
  const { read } = events
  return {
    async delegateTask({ session, ...task }) {
      const found = findSession(read, session)
      if (!found.ok) return found
      const known = (await agents.list()).map(({ id }) => id)
      const allowed = found.value.agents.length > 0 ? found.value.agents : known
      return taskView(read, tasks.delegate(session, task, new Set(allowed)))
    },
    async cancelTask(names) {
      const found = findTask(read, names)
      return taskView(read, found.ok ? await tasks.cancel(found.value.id) : found)
    },
    retryTask({ note, ...names }) {
      const found = findTask(read, names)
      return taskView(read, found.ok ? tasks.retry(found.value.id, note) : found)
    },
    async messageTask({ text, now, ...names }) {
      const found = findTask(read, names)
      return found.ok ? await tasks.tell(found.value.id, { text, now }) : found
    },
    reviewTask({ decision, comments, ...names }) {
      const found = findTask(read, names)
      return taskView(read, found.ok ? tasks.review(found.value.id, { decision, comments }) : found)
    },
    takeOverRun: ({ run, cols, rows }) => tasks.takeOver(run, { cols, rows }),
    handBackRun: async ({ run }) => taskView(read, await tasks.handBack(run)),
  }
}
