import type { ErrorCode } from '../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../base/index.ts'
import type { SessionRow } from '../storage/index.ts'
import type { SessionDeps } from './deps.ts'

type Planned = Result<void, Failure<ErrorCode>>

/** The planning of drafts: once per session at a time, and nothing of it goes on after it was stopped. */
export interface Planning {
  /** The session has tasks when this is ok; a plan that is being made already is waited for. */
  ensure(session: SessionRow): Promise<Planned>
  /** Stops the planning of a session and waits for its end; false when there is none. */
  stop(sessionId: string): Promise<boolean>
  stopAll(): Promise<void>
}

export function createPlanning(deps: SessionDeps): Planning {
  const underWay = new Map<string, { controller: AbortController; done: Promise<Planned> }>()

  const begin = (session: SessionRow): Promise<Planned> => {
    const controller = new AbortController()
    const done = propose(deps, session, controller.signal).finally(() =>
      underWay.delete(session.id),
    )
    underWay.set(session.id, { controller, done })
    return done
  }
  const stop = async (sessionId: string): Promise<boolean> => {
    const found = underWay.get(sessionId)
    found?.controller.abort('interrupted')
    // How it ended is for the one who asked for the plan.
    await found?.done.catch(() => undefined)
    return found !== undefined
  }

  return {
    ensure(session) {
      if (deps.events.read.tasks.bySession(session.id).length > 0)
        return Promise.resolve(ok(undefined))
      return underWay.get(session.id)?.done ?? begin(session)
    },
    stop,
    stopAll: async () => void (await Promise.all([...underWay.keys()].map(stop))),
  }
}

/** Has an agent split the goal and makes the plan the session's tasks. */
async function propose(
  deps: SessionDeps,
  session: SessionRow,
  signal: AbortSignal,
): Promise<Planned> {
  const mirror = await deps.projects.mirror(session.projectId)
  const agents = (await deps.agents()).filter(
    ({ id }) => session.agents.length === 0 || session.agents.includes(id),
  )
  const proposed = await deps.tasks.proposePlan({ session, mirror, agents, signal })
  if (signal.aborted) return fail('interrupted', 'planning was stopped')
  const adoption = { sessionId: session.id, ...proposed, at: deps.clock.now() }
  deps.events.commit((tables, emit) => deps.tasks.adoptPlan({ tables, emit }, adoption))
  return ok(undefined)
}
