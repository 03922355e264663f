import type { EventDraft, StoredEvent } from '../../src-shared/contract/index.ts'
import { type Clock, type Log, silentLog } from '../base/index.ts'
import type { Durability, EventFilter, Storage, Tables } from '../storage/index.ts'

export interface Events {
  /** For reading; a change through it throws. */
  readonly read: Tables
  /**
   * Makes a change and says what happened, in one transaction: both are stored or neither. Listeners hear
   * of it after the commit, in the order of `seq`. `full` (the default) is on the disk when this returns.
   * Event data that is not of its type's shape, a change inside of another one and one that returns a
   * promise are bugs and throw.
   */
  commit<T>(
    change: (tables: Tables, emit: (event: EventDraft) => void) => T,
    durability?: Durability,
  ): T
  /** Stored events after `seq`, in order; 0 for all. */
  since(seq: number, filter?: EventFilter): StoredEvent[]
  /**
   * Hears every event committed from now on once, in order, until the returned function is called: together
   * with `since` called beside it nothing is missed and nothing comes twice.
   */
  subscribe(listener: (event: StoredEvent) => void): () => void
}

interface EventsDeps {
  storage: Pick<Storage, 'read' | 'write'>
  clock: Clock
  log?: Log
}

export function createEvents({ storage, clock, log = silentLog }: EventsDeps): Events {
  const announcer = createAnnouncer(log, () => storage.read.events.last())
  return {
    read: storage.read,
    commit(change, durability) {
      const stored: StoredEvent[] = []
      let isOpen = true
      const result = storage.write((tables) => {
        try {
          return change(tables, (event) => {
            if (!isOpen) throw new Error('an event was emitted after its change had ended')
            stored.push(tables.events.append(event, clock.now()))
          })
        } finally {
          isOpen = false
        }
      }, durability)
      announcer.announce(stored)
      return result
    },
    since: (seq, filter) => storage.read.events.since(seq, filter),
    subscribe: announcer.subscribe,
  }
}

/**
 * Hands events to listeners one after the other. A listener may itself commit: what that says waits until
 * everybody heard the event before, so that all hear the same order.
 */
function createAnnouncer(log: Log, last: () => number) {
  const listeners = new Set<(event: StoredEvent) => void>()
  const waiting: StoredEvent[] = []
  let isAnnouncing = false

  const tell = (event: StoredEvent) => {
    for (const listener of [...listeners]) {
      if (!listeners.has(listener)) continue
      try {
        listener(event)
      } catch (error) {
        const { seq, type, sessionId, taskId, runId } = event
        log.error('a listener failed', { seq, type, sessionId, taskId, runId, error })
      }
    }
  }

  return {
    announce(events: readonly StoredEvent[]) {
      waiting.push(...events)
      if (isAnnouncing) return
      isAnnouncing = true
      try {
        for (let event = waiting.shift(); event; event = waiting.shift()) tell(event)
      } finally {
        isAnnouncing = false
      }
    },
    subscribe(listener: (event: StoredEvent) => void): () => void {
      // What waits to be announced is stored, so `since` has it already.
      const heard = last()
      const entry = (event: StoredEvent) => {
        if (event.seq > heard) listener(event)
      }
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
  }
}
