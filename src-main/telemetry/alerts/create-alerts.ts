import { statfs } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import type { Alert, EventType, StoredEvent } from '../../../src-shared/contract/index.ts'
import type { Clock, Log } from '../../base/index.ts'
import type { Events } from '../../events/index.ts'
import { createAgentWatch } from './agent-watch.ts'
import { createAlertBook } from './alert-book.ts'
import { createAwakeTime, createStopwatches } from './elapsed.ts'
import { findAlerts, thresholds } from './find-alerts.ts'
import { BEAT_MS, createHeart } from './heart.ts'
import { isAble } from './process-life.ts'
import { createRunWatch, type RunSign } from './run-watch.ts'
import { createSessionWatch } from './session-watch.ts'

export interface Alerts {
  /** Those that are raised now, oldest first. */
  list(): readonly Alert[]
  /** One beat: looks at everything, raises and clears. By itself this happens every five seconds. */
  beat(): Promise<void>
  /** Nothing is raised or cleared afterwards; what is raised stays until the next start looks at it. */
  close(): Promise<void>
}

interface AlertsDeps {
  events: Pick<Events, 'read' | 'commit' | 'subscribe'>
  /** Of all runs that are under way. */
  runs: () => readonly RunSign[]
  /** Runs that may be under way at once. */
  places: () => number
  /** The name of an agent as people know it. */
  agentName: (id: string) => string
  dataDir: string
  clock: Clock
  log: Log
  /** Milliseconds that only go forward. */
  monotonic?: () => number
  /** Milliseconds in which the loop was busy. */
  busy?: () => number
  /** Whether a process is there and able to run. */
  isAble?: (pid: number) => boolean
  /** Bytes of the disk that holds a folder; undefined when the system does not tell. */
  disk?: (dir: string) => Promise<{ free: number; total: number } | undefined>
}

// Events come in bursts; one look for all of them is soon enough for a person.
const SOON_MS = 500

// What may raise or clear one soon; everything else is seen at the next beat.
const TELLING: ReadonlySet<EventType> = new Set<EventType>([
  'task.state_changed',
  'run.ended',
  'rollback.done',
  'session.state_changed',
  'agent.changed',
])

/**
 * Watches the work and says what somebody should look at, as events: each alert is raised once and cleared once.
 * It informs and never ends anything. What an earlier process left raised stays raised only while it holds.
 */
export function createAlerts(deps: AlertsDeps): Alerts {
  const { events, log, monotonic = () => performance.now(), busy = loopBusy } = deps
  const heart = createHeart(monotonic, busy)
  const book = createAlertBook(deps)
  const watches = createWatches(deps, monotonic)
  watches.remember(book.open())
  let beatMs = BEAT_MS
  let isClosed = false
  let soon: NodeJS.Timeout | undefined

  const look = createLook(async () => {
    const disk = await (deps.disk ?? diskOf)(deps.dataDir)
    if (isClosed) return
    const open = new Set(book.open().map(({ id }) => id))
    book.settle(findAlerts({ open, beatMs, disk, ...watches.health() }))
  }, log)
  const beat = () => {
    beatMs = heart.beat()
    if (beatMs >= thresholds.lateBeatMs) log.warn('the loop was late', { beatMs })
    return look()
  }
  const unsubscribe = events.subscribe((event) => {
    watches.take(event)
    if (!TELLING.has(event.type)) return
    soon ??= setTimeout(() => {
      soon = undefined
      void look()
    }, SOON_MS).unref()
  })
  const timer = setInterval(() => void beat(), BEAT_MS)
  timer.unref()
  void look()
  return {
    list: book.open,
    beat,
    async close() {
      isClosed = true
      clearInterval(timer)
      clearTimeout(soon)
      unsubscribe()
      await look()
    },
  }
}

/** Everything but the disk and the loop. */
function createWatches(deps: AlertsDeps, monotonic: () => number) {
  const { read } = deps.events
  const awake = createAwakeTime(monotonic)
  const runs = createRunWatch({ read, agentName: deps.agentName, isAble: deps.isAble ?? isAble })
  const sessions = createSessionWatch(read)
  const agents = createAgentWatch({ read, agentName: deps.agentName })
  const queue = createStopwatches()
  return {
    take(event: StoredEvent) {
      sessions.take(event)
      agents.take(event)
    },
    /** What alerts of an earlier process are about is looked after again. */
    remember(alerts: readonly Alert[]) {
      for (const { kind, sessionId, agent } of alerts) {
        if (sessionId !== undefined && read.sessions.get(sessionId)) sessions.watch(sessionId)
        if (kind === 'agent_signed_out' && agent !== undefined) agents.signedOut(agent)
      }
    },
    health() {
      const now = awake.now()
      const waiting = read.tasks.waiting()
      queue.keep(new Set(waiting))
      return {
        runs: runs.health(deps.runs(), now),
        sessions: sessions.health(deps.clock.now()),
        agents: agents.health(),
        queue: {
          waiting: waiting.length,
          longestMs: Math.max(0, ...waiting.map((id) => queue.elapsed(id, 'waiting', now))),
          places: deps.places(),
        },
      }
    },
  }
}

/** One look at a time; what is asked for during one is one more look after it. Never rejects. */
function createLook(look: () => Promise<void>, log: Log): () => Promise<void> {
  let underWay: Promise<void> | undefined
  let next: Promise<void> | undefined
  const run = () =>
    look().catch((error: unknown) => {
      // Watching must not stop what is watched; the next beat looks again.
      log.error('alerts could not be looked at', { error })
    })
  return () => {
    if (next) return next
    const after = underWay ?? Promise.resolve()
    next = after.then(() => {
      underWay = next
      next = undefined
      return run()
    })
    return next
  }
}

const loopBusy = (): number => performance.eventLoopUtilization().active

async function diskOf(dir: string): Promise<{ free: number; total: number } | undefined> {
  const { bavail, blocks, bsize } = await statfs(dir)
  // Some network and container file systems tell nothing.
  return blocks === 0 ? undefined : { free: bavail * bsize, total: blocks * bsize }
}
