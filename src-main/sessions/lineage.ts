import type { SessionCommit } from '../../src-shared/contract/index.ts'
import { lineage, refresh } from '../git/index.ts'
import type { SessionDeps } from './deps.ts'

/** Commits, branches and tags of a session with the tasks and agents they come from, newest first. */
export async function sessionLineage(
  deps: SessionDeps,
  sessionId: string,
): Promise<SessionCommit[]> {
  const session = deps.events.read.sessions.get(sessionId)
  if (!session) return []
  const mirror = await deps.projects.mirror(session.projectId)
  await refresh(mirror)
  const { base, target } = session
  const found = await lineage(mirror, { session: sessionId, base, target })
  const keys = new Map(deps.events.read.tasks.bySession(sessionId).map(({ id, key }) => [id, key]))
  const refs = Map.groupBy([...found.branches, ...found.tags], ({ commit }) => commit)
  return found.commits.map(({ id, parents, subject, author, task, agent }) => {
    const key = task === undefined ? undefined : keys.get(task)
    return {
      commit: id,
      parents,
      subject,
      author: author.name,
      refs: (refs.get(id) ?? []).map(({ name }) => name),
      ...(key === undefined ? {} : { task: key }),
      ...(agent === undefined ? {} : { agent }),
    }
  })
}
