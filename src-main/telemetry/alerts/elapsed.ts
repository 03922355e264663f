/** Milliseconds in which this process was awake. */
export interface AwakeTime {
  now(): number
}

// Twice the time between two looks: what is missed beyond that was sleep, not work.
const MAX_STEP_MS = 10_000

/**
 * A clock for "how long already": it is asked at least every few seconds, and counts no more than a little
 * between two answers. So a laptop that slept wakes up as if nothing had happened, also where the system's
 * monotonic clock counts sleep.
 */
export function createAwakeTime(monotonic: () => number): AwakeTime {
  let last = monotonic()
  let awake = 0
  return {
    now() {
      const now = monotonic()
      awake += Math.min(Math.max(0, now - last), MAX_STEP_MS)
      last = now
      return awake
    },
  }
}

/** For how long each of some things has been as it is. */
export interface Stopwatches {
  /** Since `mark` of this thing last changed, or since it is there. */
  elapsed(id: string, mark: unknown, now: number): number
  /** Forgets all things but these. */
  keep(ids: ReadonlySet<string>): void
}

export function createStopwatches(): Stopwatches {
  const watches = new Map<string, { mark: unknown; since: number }>()
  return {
    elapsed(id, mark, now) {
      const watch = watches.get(id)
      if (watch !== undefined && watch.mark === mark) return now - watch.since
      watches.set(id, { mark, since: now })
      return 0
    },
    keep(ids) {
      for (const id of watches.keys()) if (!ids.has(id)) watches.delete(id)
    },
  }
}
