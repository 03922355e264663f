import type { ErrorCode, PlanInput } from '../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../base/index.ts'
import type { SessionRow } from '../storage/index.ts'
import type { SessionDeps } from './deps.ts'
import type { Planning } from './planning.ts'
import { moveSessionIn } from './session-moves.ts'

type Outcome<T> = Result<T, Failure<ErrorCode>>

/** What may be done to a session before it begins. */
export interface Drafts {
  /** Has an agent plan a draft; answers when it has begun. */
  plan(sessionId: string): Outcome<SessionRow>
  /** Puts the user's plan in the place of the draft's. */
  editPlan(sessionId: string, plan: PlanInput): Promise<Outcome<SessionRow>>
}

export function createDrafts(deps: SessionDeps, planning: Planning): Drafts {
  const find = (sessionId: string): Outcome<SessionRow> => {
    const session = deps.events.read.sessions.get(sessionId)
    if (!session) return fail('not_found', `there is no session ${sessionId}`)
    if (session.state === 'draft') return ok(session)
    return fail('illegal_move', `a session that is ${session.state} has tasks and no plan`)
  }
  return {
    plan(sessionId) {
      const found = find(sessionId)
      if (!found.ok) return found
      planning.begin(found.value).catch((error: unknown) => {
        deps.log.error('planning failed', { sessionId, error: String(error) })
      })
      return found
    },
    async editPlan(sessionId, plan) {
      const found = find(sessionId)
      if (!found.ok) return found
      const replaced = await planning.replace(found.value, plan)
      return replaced.ok ? find(sessionId) : replaced
    },
  }
}

/** Makes the plan of a draft its tasks and sets it going. */
export function beginDraft(deps: SessionDeps, sessionId: string): SessionRow {
  const at = deps.clock.now()
  const session = deps.events.commit((tables, emit) => {
    const draft = tables.sessions.get(sessionId)
    // Another call began it while this one waited for the plan.
    if (draft?.state !== 'draft') return draft
    const { plan } = draft
    if (plan) deps.tasks.adoptPlan({ tables, emit }, { sessionId, plan, at })
    tables.sessions.update(sessionId, { plan: undefined })
    return moveSessionIn({ tables, emit }, sessionId, { to: 'active', actor: 'user', at })
  })
  if (!session) throw new Error(`no session ${sessionId}`)
  deps.tasks.wake(sessionId)
  return session
}
