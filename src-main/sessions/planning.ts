import type { ErrorCode, PlanInput } from '../../src-shared/contract/index.ts'
import { allowedAgents } from '../agents/index.ts'
import { type Failure, fail, ok, type Result } from '../base/index.ts'
import type { SessionRow } from '../storage/index.ts'
import type { ReadyPlan, Transaction } from '../tasks/index.ts'
import type { SessionDeps } from './deps.ts'

type Planned<T = void> = Result<T, Failure<ErrorCode>>

/** The plans of drafts: made once per session at a time, and nothing of it goes on after it was stopped. */
export interface Planning {
  /** The session has a plan when this is ok; one that is being made already is waited for. */
  ensure(session: SessionRow): Promise<Planned>
  /** Has a plan made, also where there is one; one that is being made already serves. */
  begin(session: SessionRow): Promise<Planned>
  /** Puts the user's plan in the place of the draft's; planning under way is stopped. */
  replace(session: SessionRow, plan: PlanInput): Promise<Planned>
  /** Stops the planning of a session and waits for its end; false when there is none. */
  stop(sessionId: string): Promise<boolean>
  stopAll(): Promise<void>
}

export function createPlanning(deps: SessionDeps): Planning {
  const underWay = new Map<string, { controller: AbortController; done: Promise<Planned> }>()

  const start = (session: SessionRow): Promise<Planned> => {
    const controller = new AbortController()
    const done = propose(deps, session, controller.signal).finally(() =>
      underWay.delete(session.id),
    )
    underWay.set(session.id, { controller, done })
    return done
  }
  const begin: Planning['begin'] = (session) => underWay.get(session.id)?.done ?? start(session)
  const stop = async (sessionId: string): Promise<boolean> => {
    const found = underWay.get(sessionId)
    found?.controller.abort('interrupted')
    // How it ended is for the one who asked for the plan.
    await found?.done.catch(() => undefined)
    return found !== undefined
  }

  return {
    begin,
    stop,
    ensure: (session) => (session.plan ? Promise.resolve(ok(undefined)) : begin(session)),
    async replace(session, plan) {
      const agents = (await agentsOf(deps, session)).map(({ id }) => id)
      const ready = deps.tasks.preparePlan(plan, new Set(agents))
      if (!ready.ok) return ready
      await stop(session.id)
      return keep(deps, session.id, { plan: ready.value, by: 'user' })
    },
    stopAll: async () => void (await Promise.all([...underWay.keys()].map(stop))),
  }
}

const agentsOf = async (deps: SessionDeps, session: SessionRow) =>
  allowedAgents(session.agents, await deps.agents())

/** Has an agent split the goal and keeps its plan. */
async function propose(
  deps: SessionDeps,
  session: SessionRow,
  signal: AbortSignal,
): Promise<Planned> {
  const mirror = await deps.projects.mirror(session.projectId)
  const agents = await agentsOf(deps, session)
  const proposed = await deps.tasks.proposePlan({ session, mirror, agents, signal })
  if (signal.aborted) return fail('interrupted', 'planning was stopped')
  return keep(deps, session.id, proposed)
}

/** Only a draft has a plan; one that was started meanwhile keeps its tasks. */
function keep(
  { events, clock }: SessionDeps,
  sessionId: string,
  proposed: { plan: ReadyPlan; by: string },
): Planned {
  const at = clock.now()
  return events.commit((tables, emit) => {
    if (tables.sessions.get(sessionId)?.state !== 'draft') return fail('illegal_move', NO_DRAFT)
    putPlan({ tables, emit }, { ...proposed, sessionId, at })
    return ok(undefined)
  })
}

const NO_DRAFT = 'only the plan of a draft can be changed'

/** Makes it the draft's plan and says whose it is: `user`, an agent's id or `fallback`. */
export function putPlan(
  { tables, emit }: Transaction,
  { sessionId, plan, by, at }: { sessionId: string; plan: ReadyPlan; by: string; at: string },
): void {
  const actor = by === 'user' ? 'user' : 'orchestrator'
  tables.sessions.update(sessionId, { plan, updatedAt: at })
  emit({ type: 'plan.proposed', actor, sessionId, data: { plan, by } })
}
