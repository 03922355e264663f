/** How an orchestrator seems from outside. It informs; nothing is ended because of it. */
export type Liveness = 'answers' | 'slow' | 'unresponsive'

export interface Rhythm {
  /** How often it is asked. */
  beatMs: number
  /** Silent for longer than one question takes to be due: something is odd. */
  slowMs: number
  /** Two questions were not answered. */
  unresponsiveMs: number
}

// VS Code's measures for its terminal process: rare enough to cost nothing, soon enough for a person who waits.
export const RHYTHM: Rhythm = { beatMs: 5_000, slowMs: 6_000, unresponsiveMs: 11_000 }

export function livenessAfter(silentMs: number, { slowMs, unresponsiveMs }: Rhythm): Liveness {
  if (silentMs >= unresponsiveMs) return 'unresponsive'
  return silentMs >= slowMs ? 'slow' : 'answers'
}

export interface Watch {
  close(): void
}

export interface Watched {
  /** Resolves when it answered; rejects or stays silent otherwise. */
  ask(signal: AbortSignal): Promise<unknown>
  changed(liveness: Liveness): void
}

/** Asks again and again, and says each change of what that shows. */
export function watchLiveness({ ask, changed }: Watched, rhythm: Rhythm = RHYTHM): Watch {
  const closed = new AbortController()
  // The monotonic clock stands still while a laptop sleeps; the wall clock would take that for silence.
  let answeredAt = performance.now()
  let known: Liveness = 'answers'
  const look = () => {
    if (closed.signal.aborted) return
    const now = livenessAfter(performance.now() - answeredAt, rhythm)
    if (now === known) return
    known = now
    changed(now)
  }
  const beat = () => {
    ask(closed.signal).then(
      () => {
        answeredAt = performance.now()
        look()
      },
      // No answer is what the clock shows.
      () => undefined,
    )
  }
  const beats = setInterval(beat, rhythm.beatMs)
  // The limits are seen to within a tenth of the beat.
  const looks = setInterval(look, rhythm.beatMs / 10)
  return {
    close() {
      closed.abort()
      clearInterval(beats)
      clearInterval(looks)
    },
  }
}
