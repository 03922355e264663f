import type {
  Checkpoint,
  Message,
  Session,
  StoredEvent,
} from '../../../src-shared/contract/index.ts'
import type { Projection } from './projection.ts'

/** What happens to a session as a whole. Pure. */
export function applySession(state: Projection, event: StoredEvent): Projection {
  const id = event.sessionId
  if (id === undefined) return state
  switch (event.type) {
    case 'session.created': {
      const { session } = event.data
      if (!session || state.sessions[id]) return state
      return { ...state, sessions: { ...state.sessions, [id]: session } }
    }
    case 'session.state_changed': {
      const { to, reason } = event.data
      return changeSession(state, id, ({ reason: _before, plan, ...session }) => ({
        ...session,
        state: to,
        // From the start on, its tasks are what the plan was.
        ...(plan && to === 'draft' ? { plan } : {}),
        ...(reason ? { reason } : {}),
        updatedAt: event.at,
      }))
    }
    case 'session.recovered':
      return { ...state, recovered: { ...state.recovered, [id]: event.data.found } }
    case 'plan.proposed':
      return changeSession(state, id, (session) => ({ ...session, plan: event.data.plan }))
    case 'integration.advanced':
      return changeSession(state, id, (session) => ({
        ...session,
        integration: { ...session.integration, head: event.data.to },
      }))
    case 'checkpoint.saved':
    case 'rollback.done':
      return changeSession(state, id, (session) => ({
        ...session,
        checkpoints: putCheckpoint(session.checkpoints, event.data.checkpoint),
      }))
    case 'message.posted':
      return {
        ...state,
        messages: { ...state.messages, [id]: putMessage(state.messages[id], event.data.message) },
      }
    default:
      return state
  }
}

/** The session of that id as `change` makes it; nothing when it is not known. */
export function changeSession(
  state: Projection,
  id: string,
  change: (session: Session) => Session,
): Projection {
  const session = state.sessions[id]
  if (!session) return state
  return { ...state, sessions: { ...state.sessions, [id]: change(session) } }
}

const putCheckpoint = (all: readonly Checkpoint[], one: Checkpoint): Checkpoint[] =>
  [...all.filter(({ n }) => n !== one.n), one].sort((a, b) => a.n - b.n)

function putMessage(all: readonly Message[] = [], one: Message): readonly Message[] {
  const isNewest = one.id > (all.at(-1)?.id ?? -1)
  if (isNewest) return [...all, one]
  return [...all.filter(({ id }) => id !== one.id), one].sort((a, b) => a.id - b.id)
}
