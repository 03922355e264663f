/** The beat of the orchestrator's own loop. */
export interface Heart {
  /** To be called whenever the timer comes; the time since the call before, without the time it slept. */
  beat(): number
}

/** How often it beats: that of hosts of terminals, whose users notice what takes longer. */
export const BEAT_MS = 5_000

/**
 * A beat that comes late was blocked by as much as the loop was busy meanwhile: a machine that slept was idle.
 * `busy` is the time in which the loop did something, from any beginning. All in milliseconds.
 */
export function createHeart(monotonic: () => number, busy: () => number): Heart {
  let last = { at: monotonic(), busy: busy() }
  return {
    beat() {
      const now = { at: monotonic(), busy: busy() }
      const late = Math.max(0, now.at - last.at - BEAT_MS)
      const blocked = Math.min(late, now.busy - last.busy)
      last = now
      return BEAT_MS + blocked
    },
  }
}
