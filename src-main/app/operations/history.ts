import type { FileDiff } from '../../../src-shared/contract/index.ts'
import { ok } from '../../base/index.ts'
import { diff } from '../../git/index.ts'
import type { SessionRow, TaskRow } from '../../storage/index.ts'
import type { Parts } from '../boot.ts'
import type { Handlers } from './handlers.ts'
import { findSession, findTask } from './views.ts'

type HistoryName =
  | 'listMessages'
  | 'postMessage'
  | 'timeline'
  | 'lineage'
  | 'sessionDiff'
  | 'taskDiff'

/** What was said and done in a session, and what it changed. */
export function historyHandlers(parts: Parts): Handlers<HistoryName> {
  const { events, projects, sessions, tasks } = parts
  const { read } = events
  return {
    listMessages({ session }) {
      const found = findSession(read, session)
      return found.ok ? ok(read.messages.list(session)) : found
    },
    postMessage: ({ session, text }) => tasks.tellAll(session, text),
    timeline({ session: sessionId, since, limit, type }) {
      const found = findSession(read, sessionId)
      const filter = { sessionId, limit, ...(type ? { types: [type] } : {}) }
      return found.ok ? ok(events.since(since, filter)) : found
    },
    async lineage({ session }) {
      const found = findSession(read, session)
      return found.ok ? ok(await sessions.lineage(session)) : found
    },
    async sessionDiff({ session }) {
      const found = findSession(read, session)
      if (!found.ok) return found
      const { base, integrationHead, projectId } = found.value
      const mirror = await projects.mirror(projectId)
      return ok(await diff(mirror, { from: base, to: integrationHead }))
    },
    async taskDiff(names) {
      const session = findSession(read, names.session)
      if (!session.ok) return session
      const task = findTask(read, names)
      return task.ok ? ok(await taskDiff(parts, session.value, task.value)) : task
    },
  }
}

/** States in which the task's commit is its work; in all others what stands in its worktree is newer. */
const COMMITTED: ReadonlySet<TaskRow['state']> = new Set([
  'verifying',
  'verified',
  'integrating',
  'integrated',
  'conflicted',
])

async function taskDiff(
  { events, projects, workspaces }: Parts,
  session: SessionRow,
  task: TaskRow,
): Promise<FileDiff[]> {
  const mirror = await projects.mirror(session.projectId)
  // The host's commit is one on the commit that the task started from.
  const ofCommit = (commit: string) => diff(mirror, { from: `${commit}^`, to: commit })
  if (task.commit && COMMITTED.has(task.state)) return await ofCommit(task.commit)
  const tree = await workspaces.content({ mirror, session, task })
  if (tree !== undefined && task.base !== undefined) {
    return await diff(mirror, { from: task.base, to: tree })
  }
  const kept = events.read.snapshots.list({ taskId: task.id }).at(-1)?.commit ?? task.commit
  return kept === undefined ? [] : await ofCommit(kept)
}
