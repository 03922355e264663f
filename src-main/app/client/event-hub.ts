import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { ok } from '../../base/index.ts'
import type { Outcome } from '../outcome.ts'
import type { Orchestrator } from './orchestrator-client.ts'

/** What happens from the moment it was opened on, for as many listeners as there are. */
export interface EventHub {
  /** Returns the way to stop. */
  listen(listener: (event: StoredEvent) => void): () => void
  /** Resolves when all that has happened by now was told: answers and events come by different ways. */
  caughtUp(): Promise<void>
  close(): void
}

export async function openHub({
  operations,
  events,
}: Pick<Orchestrator, 'operations' | 'events'>): Promise<Outcome<EventHub>> {
  const status = await operations.getStatus({})
  if (!status.ok) return status
  const listeners = new Set<(event: StoredEvent) => void>()
  const waiting = new Set<() => void>()
  let heard = status.value.lastEvent
  const stop = events.follow(heard, (event) => {
    heard = event.seq
    for (const listener of [...listeners]) listener(event)
    for (const look of [...waiting]) look()
  })
  const reached = (seq: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (heard < seq) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return ok({
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async caughtUp() {
      const now = await operations.getStatus({})
      if (now.ok) await reached(now.value.lastEvent)
    },
    close: stop,
  })
}
