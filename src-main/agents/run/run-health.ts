/** Where a run's process stands. */
export type RunLife =
  /** It has no process yet. */
  | 'starting'
  | 'running'
  /** A person has to answer it. */
  | 'waiting'
  /** It has said its closing event, or is being ended. */
  | 'ending'
  /** Its process is gone; what is left of it is put in order. */
  | 'gone'

/** What is known of a run that is under way. Times are monotonic milliseconds, as of `performance.now()`. */
export interface RunHealth {
  runId: string
  agent: string
  pid?: number
  state: RunLife
  startedAt: number
  /** When it last printed; its start until then. */
  lastOutputAt: number
}

/** Takes down what happens to a run. */
export interface RunVitals {
  read(): RunHealth
  started(pid: number): void
  heard(): void
  waits(isWaiting: boolean): void
  ends(): void
  gone(): void
}

export function createRunVitals(runId: string, agent: string): RunVitals {
  const startedAt = performance.now()
  let lastOutputAt = startedAt
  let pid: number | undefined
  let isWaiting = false
  let isEnding = false
  let isGone = false

  const state = (): RunLife => {
    if (isGone) return 'gone'
    if (isEnding) return 'ending'
    if (pid === undefined) return 'starting'
    return isWaiting ? 'waiting' : 'running'
  }
  return {
    read: () => ({
      runId,
      agent,
      ...(pid === undefined ? {} : { pid }),
      state: state(),
      startedAt,
      lastOutputAt,
    }),
    started(its) {
      pid = its
    },
    heard() {
      lastOutputAt = performance.now()
    },
    waits(is) {
      isWaiting = is
    },
    ends() {
      isEnding = true
    },
    gone() {
      isGone = true
    },
  }
}
