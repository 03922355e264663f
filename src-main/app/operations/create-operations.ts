import { type OperationName, operationList } from '../../../src-shared/contract/index.ts'
import { fail, type Log, type LogFields } from '../../base/index.ts'
import type { OperationHandlers } from '../../gateway/index.ts'
import { reasonOf } from '../../storage/index.ts'
import type { Parts } from '../boot.ts'
import type { Outcome } from '../outcome.ts'
import { groundHandlers } from './ground.ts'
import type { Handlers } from './handlers.ts'
import { historyHandlers } from './history.ts'
import { sessionHandlers } from './sessions.ts'
import { taskHandlers } from './tasks.ts'

export interface Operations {
  /** Inputs were checked; what is thrown in one becomes its failure. */
  handlers: OperationHandlers
  /** How many are under way. */
  underWay(): number
}

/** Everything that a client may ask, over the parts of a running orchestrator. */
export function createOperations(
  parts: Parts,
  { version, log }: { version: string; log: Log },
): Operations {
  const all: Handlers<OperationName> = {
    ...groundHandlers(parts, version),
    ...sessionHandlers(parts),
    ...historyHandlers(parts),
    ...taskHandlers(parts),
  }
  let count = 0
  const guarded = operationList.map(({ name }) => {
    // The name ties a handler to its types, which a walk over the table cannot know.
    const handle = all[name] as (input: unknown) => Outcome<unknown> | Promise<Outcome<unknown>>
    const carryOut = async (input: unknown): Promise<Outcome<unknown>> => {
      count += 1
      try {
        return await handle(input)
      } catch (error) {
        log.error('operation failed', { operation: name, ...placeOf(input), error })
        const { code, message } = reasonOf(error)
        return fail(code, message, { cause: error })
      } finally {
        count -= 1
      }
    }
    return [name, carryOut] as const
  })
  return {
    handlers: Object.fromEntries(guarded) as unknown as OperationHandlers,
    underWay: () => count,
  }
}

/** What an operation is about, as its address says it. */
function placeOf(input: unknown): LogFields {
  const { session, task, run } = (input ?? {}) as Record<string, unknown>
  return { sessionId: session, taskId: task, runId: run }
}
