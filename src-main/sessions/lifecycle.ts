import type { ErrorCode, Reason } from '../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../base/index.ts'
import type { SessionRow } from '../storage/index.ts'
import type { SessionPort, Standing } from '../tasks/index.ts'
import type { SessionDeps } from './deps.ts'
import { beginDraft, createDrafts, type Drafts } from './drafts.ts'
import { createPlanning } from './planning.ts'
import { moveSession } from './session-moves.ts'
import { viewSession } from './session-view.ts'
import { summarise } from './summary.ts'
import { canMoveSession } from './transitions.ts'

type Outcome<T> = Result<T, Failure<ErrorCode>>

/** The life of a session after it was created. */
export interface Lifecycle extends SessionPort, Drafts {
  /** A draft is planned if need be and begins; one that was suspended goes on. */
  start(sessionId: string): Promise<Outcome<SessionRow>>
  /** Stops agents and checks; what they did is kept and can go on. */
  suspend(sessionId: string, reason: Reason): Promise<Outcome<SessionRow>>
  /** The same for every session, and for planning under way. */
  interrupt(): Promise<void>
  /** An agent can be used again: what waits for one goes on. */
  agentReturned(): Promise<void>
  /** Ends a session for good; refused while tasks are unfinished. */
  finalize(sessionId: string): Outcome<SessionRow>
}

const INTERRUPTED: Reason = { code: 'interrupted', message: 'stopped by the user' }

export function createLifecycle(deps: SessionDeps): Lifecycle {
  const planning = createPlanning(deps)
  const find = (sessionId: string): Outcome<SessionRow> => {
    const session = deps.events.read.sessions.get(sessionId)
    return session ? ok(session) : fail('not_found', `there is no session ${sessionId}`)
  }

  const suspend: Lifecycle['suspend'] = async (sessionId, reason) => {
    const found = find(sessionId)
    if (!found.ok) return found
    if (await planning.stop(sessionId)) return found
    if (!canMoveSession(found.value.state, 'suspended')) return illegal(found.value, 'suspended')
    // First the state, so that nothing new is begun while what runs is being stopped.
    const session = moveSession(deps, sessionId, { to: 'suspended', reason })
    await deps.tasks.interrupt(sessionId)
    return ok(session)
  }

  const start: Lifecycle['start'] = async (sessionId) => {
    const found = find(sessionId)
    if (!found.ok) return found
    const { state } = found.value
    if (state === 'active') return found
    if (state === 'draft') {
      const planned = await planning.ensure(found.value)
      return planned.ok ? ok(beginDraft(deps, sessionId)) : planned
    }
    if (!canMoveSession(state, 'active')) return illegal(found.value, 'active')
    // What was missing may be there now: a CLI that was installed, a key that was given.
    await deps.agents({ refresh: true })
    deps.tasks.requeueStranded(sessionId)
    return ok(go(deps, sessionId))
  }

  return {
    ...createDrafts(deps, planning),
    suspend,
    start,
    async agentReturned() {
      // Looking at them tells what changed.
      await deps.agents()
      for (const { id: sessionId, state, reason } of deps.events.read.sessions.list()) {
        if (state === 'active') deps.tasks.wake(sessionId)
        if (state === 'suspended' && reason?.code === 'no_agent') await start(sessionId)
      }
    },
    async interrupt() {
      const active = deps.events.read.sessions.active()
      await Promise.all([planning.stopAll(), ...active.map(({ id }) => suspend(id, INTERRUPTED))])
      // Runs that wait for an answer, of sessions that are not active.
      await deps.tasks.interrupt()
    },
    finalize(sessionId) {
      const found = find(sessionId)
      if (!found.ok) return found
      const unfinished = deps.tasks.unfinished(sessionId)
      if (unfinished.length > 0) {
        return fail('session_unfinished', `unfinished: ${unfinished.join(', ')}`)
      }
      if (!canMoveSession(found.value.state, 'finalized')) return illegal(found.value, 'finalized')
      return ok(moveSession(deps, sessionId, { to: 'finalized', actor: 'user' }))
    },
    stand: (sessionId, standing) => stand(deps, sessionId, standing),
    halt(sessionId, reason) {
      const session = deps.events.read.sessions.get(sessionId)
      if (!session || !canMoveSession(session.state, 'suspended')) return
      moveSession(deps, sessionId, { to: 'suspended', reason })
      // Not awaited: the step that halts it is one of those that end.
      deps.tasks.interrupt(sessionId).catch((error: unknown) => {
        deps.log.error('interruption failed', { sessionId, error: String(error) })
      })
    },
    reopen(sessionId) {
      const session = deps.events.read.sessions.get(sessionId)
      if (session?.state === 'awaiting_review') moveSession(deps, sessionId, { to: 'active' })
    },
  }
}

/** Sets a session going; one that another call set going meanwhile is left as it is. */
function go(deps: SessionDeps, sessionId: string): SessionRow {
  const now = deps.events.read.sessions.get(sessionId)
  if (now?.state === 'active') return now
  const session = moveSession(deps, sessionId, { to: 'active', actor: 'user' })
  deps.tasks.wake(sessionId)
  return session
}

const illegal = (session: SessionRow, to: string) =>
  fail('illegal_move', `a session that is ${session.state} cannot become ${to}`)

/** What the router saw becomes the session's state; rest is told in the chat, once. */
function stand(deps: SessionDeps, sessionId: string, standing: Standing): void {
  if (standing.kind === 'working') return
  if (standing.kind === 'no_agent') {
    const reason: Reason = { code: 'no_agent', message: standing.absent }
    moveSession(deps, sessionId, { to: 'suspended', reason })
    return
  }
  const session = moveSession(deps, sessionId, { to: 'awaiting_review' })
  const text = summarise(viewSession(deps.events.read, session), deps.agentName)
  deps.events.commit((tables, emit) => {
    const at = deps.clock.now()
    const message = tables.messages.insert({ sessionId, author: 'orchestrator', text, at })
    emit({ type: 'message.posted', actor: 'orchestrator', sessionId, data: { message } })
  })
}
