import { setTimeout as pause } from 'node:timers/promises'
import { type Liveness, RHYTHM, type Rhythm, watchLiveness } from './liveness.ts'
import type { Serving } from './serving.ts'

/** What the window shows of the orchestrator behind it. */
export type Supervised =
  | { is: 'starting'; restarts: number }
  | { is: 'serving'; url: string; token: string }
  | { is: 'silent'; liveness: Exclude<Liveness, 'answers'> }
  | { is: 'answering' }
  /** It is not started again by itself. `reason` is what it said last. */
  | { is: 'gone'; reason: string; restarts: number }

export interface SupervisorDeps {
  start(): Promise<Serving>
  ask(serving: Serving, signal: AbortSignal): Promise<unknown>
  tell(state: Supervised): void
  rhythm?: Rhythm
  /** Before it is started again. */
  pauseMs?: number
}

export interface Supervisor {
  /** Starts it, and starts it again when it ends unasked; also after it was given up. */
  start(): void
  /** Ends the one that does not answer; another takes its place. */
  restart(): Promise<void>
  /** Ends it for good, its work kept. */
  stop(): Promise<void>
  /** False where another process serves the data folder: that one goes on without us. */
  owns(): boolean
}

// A process that ends six times in one sitting will end a seventh time: a person should look.
export const MAX_RESTARTS = 5
// What it held (the lock of its folder, its port) is free by then.
const PAUSE_MS = 500

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  let current: Serving | undefined
  let stopped = false
  let running = Promise.resolve()
  const life = async () => {
    for (let restarts = 0; !stopped; restarts += 1) {
      deps.tell({ is: 'starting', restarts })
      const reason = await serveOnce(deps, (serving) => {
        current = serving
        // It came up after it was no longer wanted.
        if (stopped) void serving.stop()
      })
      current = undefined
      if (stopped) return
      // One that never served has told why; another try would end the same way.
      if (!reason.served || restarts === MAX_RESTARTS) {
        return deps.tell({ is: 'gone', reason: reason.words, restarts })
      }
      await pause(deps.pauseMs ?? PAUSE_MS)
    }
  }
  return {
    start() {
      running = running.then(life)
    },
    async restart() {
      await current?.stop()
    },
    async stop() {
      stopped = true
      await current?.stop()
      await running
    },
    owns: () => current?.owned === true,
  }
}

/** From its start to its end. */
async function serveOnce(
  { start, ask, tell, rhythm = RHYTHM }: SupervisorDeps,
  began: (serving: Serving) => void,
): Promise<{ served: boolean; words: string }> {
  let serving: Serving
  try {
    serving = await start()
  } catch (error) {
    return { served: false, words: error instanceof Error ? error.message : String(error) }
  }
  began(serving)
  tell({ is: 'serving', url: serving.url, token: serving.token })
  const watch = watchLiveness(
    {
      ask: (signal) => ask(serving, signal),
      changed: (liveness) =>
        tell(liveness === 'answers' ? { is: 'answering' } : { is: 'silent', liveness }),
    },
    rhythm,
  )
  const words = await serving.ended
  watch.close()
  return { served: true, words }
}
