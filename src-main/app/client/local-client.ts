import { operationList } from '../../../src-shared/contract/index.ts'
import type { Events } from '../../events/index.ts'
import type { OperationHandlers } from '../../gateway/index.ts'
import type { Outcome } from '../outcome.ts'
import { readCall } from './call.ts'
import type { EventFeed, OperationClient } from './orchestrator-client.ts'

/** Asks handlers in this process, with the same checks and defaults as through the gateway. */
export function localOperations(handlers: OperationHandlers): OperationClient {
  const calls = operationList.map((operation) => {
    // The name ties a handler to its types, which a walk over the table cannot know.
    const handle = handlers[operation.name] as (input: unknown) => Promise<Outcome<unknown>>
    const call = async (given: Readonly<Record<string, unknown>>): Promise<Outcome<unknown>> => {
      const input = readCall(operation, given)
      return input.ok ? await handle(input.value) : input
    }
    return [operation.name, call] as const
  })
  return Object.fromEntries(calls) as unknown as OperationClient
}

/** The events of this process. */
export const localFeed = (events: Pick<Events, 'since' | 'subscribe'>): EventFeed => ({
  follow(since, listener) {
    let heard = since
    const tell: typeof listener = (event) => {
      if (event.seq <= heard) return
      heard = event.seq
      listener(event)
    }
    const stop = events.subscribe(tell)
    for (const event of events.since(since)) tell(event)
    return stop
  },
})
