import type { Agents, Runner } from '../agents/index.ts'
import { type Disposables, type Log, systemClock } from '../base/index.ts'
import type { Events } from '../events/index.ts'
import type { Sessions } from '../sessions/index.ts'
import { type Alerts, createAlerts, createMetrics, type Metrics } from '../telemetry/index.ts'

interface Watched {
  dataDir: string
  events: Events
  agents: Agents
  runner: Runner
  sessions: Sessions
  /** Runs that may be under way at once. */
  places: () => number
  owned: Disposables
  log: Log
  /** Milliseconds that only go forward; for tests. */
  monotonic?: (() => number) | undefined
}

export interface Health {
  alerts: Alerts
  metrics: Metrics
  /** The same, whose Saves and roll backs are timed. */
  sessions: Sessions
}

/** Watches an orchestrator that is in order: alerts of an earlier process are judged by what is so now. */
export function watchHealth(watched: Watched): Health {
  const { agents, dataDir, events, log, monotonic, owned, places, runner, sessions } = watched
  const clock = monotonic ? { monotonic } : {}
  const alerts = owned.own(
    createAlerts({
      events,
      runs: () =>
        runner.alive().map(({ runId, pid, state, lastOutputAt }) => ({
          runId,
          pid,
          gone: state === 'gone',
          waits: state === 'waiting',
          output: lastOutputAt,
        })),
      places,
      agentName: (id) => agents.adapter(id)?.descriptor.name ?? id,
      dataDir,
      clock: systemClock,
      log,
      ...clock,
    }),
  )
  const metrics = owned.own(createMetrics({ events, alerts: alerts.list, ...clock }))
  return {
    alerts,
    metrics,
    sessions: {
      ...sessions,
      save: metrics.timed('save', sessions.save),
      rollBack: metrics.timed('rollback', sessions.rollBack),
    },
  }
}
