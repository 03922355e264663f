import { readdir } from 'node:fs/promises'
import { Gauge, type Registry } from 'prom-client'
import {
  type Alert,
  alertKinds,
  approvalSchema,
  taskStates,
} from '../../../src-shared/contract/index.ts'
import type { Tables, TaskCount } from '../../storage/index.ts'
import { type GaugeName, gauges } from './definitions.ts'
import type { LoopMonitor } from './loop-delay.ts'

export interface GaugeSource {
  read: Pick<Tables, 'tasks' | 'runs' | 'approvals'>
  alerts: () => readonly Alert[]
  /** States in which the last integrations left their tasks. */
  integrations: readonly string[]
  loop: Pick<LoopMonitor, 'take'>
}

/** Values by the value of the only label; of a gauge without labels by the empty text. */
export type GaugeValues = Record<GaugeName, Readonly<Record<string, number>>>

/** What is so now. What this system cannot tell has no value. */
export async function gatherGauges(source: GaugeSource): Promise<GaugeValues> {
  const { read, integrations } = source
  const counts = read.tasks.counts()
  const delay = source.loop.take()
  return {
    tasks: Object.fromEntries(
      taskStates.map((state) => [state, sum(counts.filter((one) => one.state === state))]),
    ),
    queueDepth: { '': read.tasks.waiting().length },
    runsLive: tally(read.runs.unended(), [], ({ agent }) => agent),
    approvalsOpen: tally(
      read.approvals.open(),
      approvalSchema.shape.kind.options,
      ({ kind }) => kind,
    ),
    alertsOpen: tally(source.alerts(), alertKinds, ({ kind }) => kind),
    mergeSuccess: share(integrations, 'integrated'),
    conflictRate: share(integrations, 'conflicted'),
    loopDelay: { '0.5': delay.p50, '0.99': delay.p99, '1': delay.max },
    memory: { '': process.memoryUsage.rss() },
    descriptors: await openDescriptors(),
  }
}

/** Makes the gauges in a registry; the answer gives them their values. */
export function createGauges(registry: Registry): (values: GaugeValues) => void {
  const made = Object.entries(gauges).map(([name, { name: metric, help, labels }]) => ({
    name: name as GaugeName,
    label: labels[0],
    gauge: new Gauge({
      name: metric,
      help,
      labelNames: labels as readonly string[],
      registers: [registry],
    }),
  }))
  return (values) => {
    for (const { name, label, gauge } of made) {
      gauge.reset()
      // Without labels a reset means 0, which is a value.
      if (label === undefined) gauge.remove()
      for (const [key, value] of Object.entries(values[name])) {
        if (label === undefined) gauge.set(value)
        else gauge.set({ [label]: key }, value)
      }
    }
  }
}

/** How many there are of each key; those of `keys` also where there are none. */
function tally<T>(things: readonly T[], keys: readonly string[], keyOf: (thing: T) => string) {
  const counts: Record<string, number> = Object.fromEntries(keys.map((key) => [key, 0]))
  for (const thing of things) counts[keyOf(thing)] = (counts[keyOf(thing)] ?? 0) + 1
  return counts
}

const sum = (counts: readonly TaskCount[]): number =>
  counts.reduce((total, { count }) => total + count, 0)

function share(outcomes: readonly string[], wanted: string): Record<string, number> {
  const { length } = outcomes
  return length === 0 ? {} : { '': outcomes.filter((one) => one === wanted).length / length }
}

async function openDescriptors(): Promise<Record<string, number>> {
  if (process.platform !== 'linux') return {}
  // One of them is the look itself.
  return { '': (await readdir('/proc/self/fd')).length - 1 }
}
