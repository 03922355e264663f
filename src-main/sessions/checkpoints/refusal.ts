import type { ErrorCode } from '../../../src-shared/contract/index.ts'
import type { Failure } from '../../base/index.ts'
import type { SessionDeps } from '../deps.ts'

/** A refusal changes nothing, but it happened: the timeline has it, with what stood in the way. */
export function recordRefusal(
  deps: SessionDeps,
  refused: {
    type: 'save.refused' | 'rollback.refused'
    sessionId: string
    error: Failure<ErrorCode>
  },
): void {
  const { code, message, details } = refused.error
  const data = { reason: { code, message }, ...(details === undefined ? {} : { details }) }
  const { type, sessionId } = refused
  deps.events.commit((_tables, emit) => emit({ type, actor: 'orchestrator', sessionId, data }))
}
