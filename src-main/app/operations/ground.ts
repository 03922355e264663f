import type { Approval } from '../../../src-shared/contract/index.ts'
import { fail, ok } from '../../base/index.ts'
import type { Tables } from '../../storage/index.ts'
import type { Parts } from '../boot.ts'
import type { Handlers } from './handlers.ts'

type GroundName =
  | 'getStatus'
  | 'listAgents'
  | 'listProjects'
  | 'addProject'
  | 'getProject'
  | 'trustProject'
  | 'listApprovals'
  | 'decideApproval'
  | 'listSnapshots'
  | 'listAlerts'
  | 'getSettings'
  | 'putSettings'

/** What does not belong to one session. */
export function groundHandlers(parts: Parts, version: string): Handlers<GroundName> {
  const { agents, alerts, events, projects, settings, storage, tasks } = parts
  const { read } = events
  return {
    getStatus: () =>
      ok({
        version,
        lastEvent: read.events.last(),
        damage: [...storage.damage(), ...settings.damage()],
      }),
    listAgents: async ({ refresh }) => ok(await agents.list({ refresh })),
    listProjects: () => ok(read.projects.list()),
    addProject: ({ path }) => projects.add(path),
    getProject: ({ project }) => projects.view(project),
    async trustProject({ project, contentHash }) {
      const seen = await projects.view(project)
      if (!seen.ok) return seen
      if (seen.value.contentHash !== contentHash) {
        return fail('config_changed', 'its content has another hash by now')
      }
      projects.trust(project, contentHash)
      return await projects.view(project)
    },
    listApprovals: ({ session, all }) =>
      ok(all ? allApprovals(read, session) : read.approvals.open(session)),
    decideApproval: ({ approval, decision, note }) =>
      tasks.decide(approval, { decision, ...(note ? { note } : {}) }),
    listSnapshots: ({ session }) =>
      ok(read.snapshots.list(session === undefined ? {} : { sessionId: session })),
    listAlerts: () => ok([...alerts.list()]),
    getSettings: () => ok(settings.view()),
    putSettings: (change) => settings.change(change),
  }
}

function allApprovals(read: Tables, session: string | undefined): Approval[] {
  if (session !== undefined) return read.approvals.bySession(session)
  return read.sessions
    .list({})
    .flatMap(({ id }) => read.approvals.bySession(id))
    .sort((a, b) => a.at.localeCompare(b.at))
}
