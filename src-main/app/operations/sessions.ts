import type { OperationInput } from '../../../src-shared/contract/index.ts'
import { fail, ok } from '../../base/index.ts'
import type { SessionRequest } from '../../sessions/index.ts'
import type { Parts } from '../boot.ts'
import type { Handlers } from './handlers.ts'
import { sessionView } from './views.ts'

type LifeName =
  | 'createSession'
  | 'startRehearsal'
  | 'listSessions'
  | 'getSession'
  | 'startSession'
  | 'suspendSession'
  | 'resumeSession'
  | 'finalizeSession'
  | 'planSession'
  | 'editPlan'
  | 'saveCheckpoint'
  | 'savePreview'
  | 'rollBack'

const ASKED = { code: 'interrupted', message: 'stopped by the user' } as const

/** The life of sessions. */
export function sessionHandlers(parts: Parts): Handlers<LifeName> {
  const { sessions } = parts
  return {
    createSession: (input) => createSession(parts, input),
    startRehearsal: async () => sessionView(parts, await parts.rehearse()),
    listSessions: ({ project, state }) =>
      ok(
        sessions
          .list()
          .filter((one) => project === undefined || one.projectId === project)
          .filter((one) => state === undefined || one.state === state),
      ),
    getSession: ({ session }) => sessionView(parts, ok({ id: session })),
    startSession: async ({ session }) => sessionView(parts, await sessions.start(session)),
    suspendSession: async ({ session }) =>
      sessionView(parts, await sessions.suspend(session, ASKED)),
    async resumeSession({ session }) {
      const state = parts.events.read.sessions.get(session)?.state
      if (state === 'draft') return fail('illegal_move', 'a draft is started, not resumed')
      return sessionView(parts, await sessions.start(session))
    },
    finalizeSession: ({ session }) => sessionView(parts, sessions.finalize(session)),
    planSession: ({ session }) => sessionView(parts, sessions.plan(session)),
    editPlan: async ({ session, ...plan }) =>
      sessionView(parts, await sessions.editPlan(session, plan)),
    saveCheckpoint: ({ session: sessionId, message, ...how }) =>
      sessions.save({ sessionId, ...how, ...(message === undefined ? {} : { message }) }),
    savePreview: ({ session }) => sessions.preview(session),
    rollBack: ({ session: sessionId, ...how }) => sessions.rollBack({ sessionId, ...how }),
  }
}

/** A session that was created and could not be started is there all the same: the client hears why it did not begin. */
async function createSession(parts: Parts, input: OperationInput<'createSession'>) {
  const opened = await parts.sessions.open(requestOf(input))
  if (!opened.ok) return opened
  const { session, resumed } = opened.value
  if (!input.start) return ok({ ...session, resumed })
  const started = sessionView(parts, await parts.sessions.start(session.id))
  return started.ok ? ok({ ...started.value, resumed }) : started
}

function requestOf({
  repo,
  goal,
  plan,
  agents,
  target,
  trust,
  resume,
}: OperationInput<'createSession'>): SessionRequest {
  return {
    repo,
    goal,
    trust,
    resume,
    ...(plan ? { plan } : {}),
    ...(agents ? { agents } : {}),
    ...(target === undefined ? {} : { target }),
  }
}
