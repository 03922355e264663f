import { monitorEventLoopDelay } from 'node:perf_hooks'

// A timer that wakes the process: often enough to see a block of 20 ms, seldom enough for a battery.
const RESOLUTION_MS = 20
const NANOSECONDS = 1e9

/** By how much timers were late, in seconds. */
export interface LoopDelay {
  p50: number
  p99: number
  max: number
}

/** Watches by how much the main loop is late. */
export interface LoopMonitor {
  /** Since the last call. */
  take(): LoopDelay
  close(): void
}

export function createLoopMonitor(): LoopMonitor {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  // It records the whole time between two of its wakings; early ones and an empty histogram are no delay.
  const late = (nanoseconds: number) =>
    Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000)
  return {
    take() {
      const { max } = histogram
      const delay = {
        p50: late(histogram.percentile(50)),
        p99: late(histogram.percentile(99)),
        max: late(max),
      }
      histogram.reset()
      return delay
    },
    close: () => void histogram.disable(),
  }
}
