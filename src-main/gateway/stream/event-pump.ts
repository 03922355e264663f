import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import type { EventFeed } from '../port.ts'

interface EventPumpDeps {
  events: EventFeed
  /** The newest event that the client has. */
  since: number
  sessionId?: string
  /** `sent` is called when the text has left for the network. */
  send(text: string, sent: () => void): void
  /** All that was stored has been sent. Called once. */
  onCaughtUp(seq: number): void
  /** The client reads nothing while more and more happens. */
  onLost(): void
  /** How many events may happen while nothing leaves for the client. */
  maxMissed?: number
}

// With so many characters on their way to one client no more are read for it, until most have left.
const HIGH_CHARS = 1_048_576
const LOW_CHARS = 262_144
// Reading a batch blocks everything else: it is made smaller past the first time and larger below the second.
const SLOW_MS = 10
const QUICK_MS = 4
const MAX_BATCH = 256
const FIRST_BATCH = 64
// An hour of the busiest session; the client comes back with `since` and misses nothing.
const MAX_MISSED = 10_000

/**
 * Sends the events after `since`, in order, each once: those stored in batches, then each as it happens. A
 * client that is slow is not written to but goes back to reading what is stored, so nothing piles up for it.
 * Returns the way to stop.
 */
export function pumpEvents(deps: EventPumpDeps): () => void {
  const { events, sessionId, maxMissed = MAX_MISSED } = deps
  const reader = createReader(deps)
  let position = deps.since
  // Apart from `position`: a client with a number of another data folder still hears what happens now.
  let newestSent = 0
  let waiting = 0
  let missed = 0
  let mode: 'reading' | 'live' | 'closed' = 'reading'
  let hasCaughtUp = false
  let turn: NodeJS.Immediate | undefined

  const put = (event: StoredEvent) => {
    const text = JSON.stringify(event)
    position = newestSent = event.seq
    waiting += text.length
    deps.send(text, () => {
      waiting -= text.length
      missed = 0
      if (mode === 'reading' && waiting <= LOW_CHARS) readSoon()
    })
  }
  const read = () => {
    turn = undefined
    if (mode !== 'reading') return
    const batch = reader.next(position)
    for (const event of batch) put(event)
    if (batch.length > 0) {
      if (waiting < HIGH_CHARS) readSoon()
      return
    }
    mode = 'live'
    missed = 0
    if (!hasCaughtUp) deps.onCaughtUp(position)
    hasCaughtUp = true
  }
  // In turns, so that terminals and other clients go on in between.
  const readSoon = () => {
    turn ??= setImmediate(read)
  }
  const leave = events.subscribe((event) => {
    if (sessionId !== undefined && event.sessionId !== sessionId) return
    if (event.seq <= newestSent || mode === 'closed') return
    if (mode === 'reading') {
      missed += 1
      if (missed > maxMissed) deps.onLost()
      return
    }
    put(event)
    if (waiting >= HIGH_CHARS) mode = 'reading'
  })
  readSoon()
  return () => {
    mode = 'closed'
    leave()
    clearImmediate(turn)
  }
}

/** Reads batches that take a few milliseconds each, however large the events are. */
function createReader({ events, sessionId }: Pick<EventPumpDeps, 'events' | 'sessionId'>) {
  let limit = FIRST_BATCH
  return {
    next(position: number): StoredEvent[] {
      const begin = performance.now()
      const batch = events.since(position, {
        limit,
        ...(sessionId === undefined ? {} : { sessionId }),
      })
      const took = performance.now() - begin
      if (took > SLOW_MS) limit = Math.max(1, limit >> 1)
      else if (took < QUICK_MS) limit = Math.min(MAX_BATCH, limit * 2)
      return batch
    },
  }
}
