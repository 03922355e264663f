import type { LogView, RunLog } from './run-log.ts'

/** Both logs of a run: the bytes as they came, and the readable transcript. */
export interface RunLogs {
  raw: RunLog
  transcript: RunLog
}

/** What runs print, for those who watch. */
export interface RunOutput {
  /**
   * A view of a run that is live, or ended moments ago; the caller closes it. Undefined for any other run,
   * whose artifacts `openLog` shows in the same way.
   */
  open(runId: string, view: 'raw' | 'readable'): Promise<LogView | undefined>
}

/** Keeps the logs of runs open for watchers. */
export interface OpenLogs extends RunOutput {
  /** `logs` gives nothing when there came to be none. */
  add(runId: string, logs: Promise<RunLogs | undefined>, done: Promise<unknown>): void
  close(): Promise<void>
}

// By then whoever keeps the run's row has written down where its artifacts are.
const KEPT_MS = 10_000

/** `keptMs`: how long a run can still be opened after its end. */
export function createRunOutput(keptMs = KEPT_MS): OpenLogs {
  const open = new Map<string, Promise<RunLogs | undefined>>()
  const timers = new Set<NodeJS.Timeout>()

  const forget = async (runId: string, logs: Promise<RunLogs | undefined>) => {
    if (open.get(runId) === logs) open.delete(runId)
    const both = await logs
    both?.raw.release()
    both?.transcript.release()
  }
  return {
    async open(runId, view) {
      const logs = await open.get(runId)
      return logs?.[view === 'raw' ? 'raw' : 'transcript'].view()
    },
    add(runId, logs, done) {
      open.set(runId, logs)
      void done.then(() => {
        const timer = setTimeout(() => {
          timers.delete(timer)
          void forget(runId, logs)
        }, keptMs)
        timer.unref()
        timers.add(timer)
      })
    },
    async close() {
      for (const timer of timers) clearTimeout(timer)
      await Promise.all([...open].map(([runId, logs]) => forget(runId, logs)))
    },
  }
}
