import { Counter, Histogram, Registry } from 'prom-client'
import type { Alert } from '../../../src-shared/contract/index.ts'
import type { Events } from '../../events/index.ts'
import { type CounterName, counters, type HistogramName, histograms } from './definitions.ts'
import { createGauges, type GaugeSource, gatherGauges } from './gauges.ts'
import { createLoopMonitor } from './loop-delay.ts'
import { type Observation, observe } from './observe.ts'

export interface Metrics {
  /** Prometheus text format 0.0.4. */
  text(): Promise<string>
  /** The same deed, of which each call is timed; what it refuses is timed as refused. */
  timed<A extends unknown[], R extends { ok: boolean }>(
    deed: 'save' | 'rollback',
    act: (...args: A) => Promise<R>,
  ): (...args: A) => Promise<R>
  close(): void
}

interface MetricsDeps {
  events: Pick<Events, 'read' | 'subscribe'>
  /** Those that are raised now. */
  alerts: () => readonly Alert[]
  /** Milliseconds that only go forward. */
  monotonic?: () => number
}

/**
 * Counts from the events from now on, and looks at what is so when it is asked for text. Nothing is
 * registered outside of it; labels are closed lists and the configuration's agents.
 */
export function createMetrics(deps: MetricsDeps): Metrics {
  const { events, monotonic = () => performance.now() } = deps
  const registry = new Registry()
  const recorder = createRecorder(registry)
  const loop = createLoopMonitor()
  const window = createWindow()
  const source: GaugeSource = {
    read: events.read,
    alerts: deps.alerts,
    integrations: window.outcomes,
    loop,
  }
  const setGauges = createGauges(registry)
  const known = { task: (id: string) => events.read.tasks.get(id) }
  const unsubscribe = events.subscribe((event) => {
    for (const observation of observe(event, known)) {
      recorder.record(observation)
      window.record(observation)
    }
  })
  return {
    async text() {
      setGauges(await gatherGauges(source))
      return await registry.metrics()
    },
    timed: (deed, act) =>
      async function timedAct(...args) {
        const began = monotonic()
        const tell = (outcome: 'done' | 'refused' | 'failed') =>
          recorder.record({
            time: 'deedDuration',
            labels: { deed, outcome },
            seconds: (monotonic() - began) / 1_000,
          })
        try {
          const result = await act(...args)
          tell(result.ok ? 'done' : 'refused')
          return result
        } catch (error) {
          tell('failed')
          throw error
        }
      },
    close() {
      unsubscribe()
      loop.close()
    },
  }
}

/** Counters and histograms of the definitions, in a registry. */
function createRecorder(registry: Registry) {
  const registers = [registry]
  const counting = new Map(
    Object.entries(counters).map(([name, { name: metric, help, labels }]) => [
      name as CounterName,
      new Counter({ name: metric, help, labelNames: labels as readonly string[], registers }),
    ]),
  )
  const timing = new Map(
    Object.entries(histograms).map(([name, { name: metric, help, labels, buckets }]) => [
      name as HistogramName,
      new Histogram({
        name: metric,
        help,
        labelNames: labels as readonly string[],
        buckets: [...buckets],
        registers,
      }),
    ]),
  )
  return {
    record(observation: Observation) {
      if ('count' in observation) {
        counting.get(observation.count)?.inc(observation.labels, observation.by)
      } else timing.get(observation.time)?.observe(observation.labels, observation.seconds)
    },
  }
}

// Enough that one conflict is no trend, few enough that yesterday's are forgotten.
const WINDOW = 50

/** How the last integrations went; one that was cancelled says nothing. */
function createWindow() {
  const outcomes: string[] = []
  return {
    outcomes,
    record(observation: Observation) {
      if (!('count' in observation) || observation.count !== 'integrations') return
      if (observation.labels.outcome === 'cancelled') return
      outcomes.push(observation.labels.outcome)
      if (outcomes.length > WINDOW) outcomes.shift()
    },
  }
}
