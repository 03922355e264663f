import type {
  EventDraft,
  EventType,
  StoredEvent,
  Task,
} from '../../../src-shared/contract/index.ts'
import type { CounterName, counters, HistogramName, histograms, Labels } from './definitions.ts'

/** One thing to be counted or timed. */
export type Observation =
  | {
      [N in CounterName]: { count: N; labels: Labels<(typeof counters)[N]>; by: number }
    }[CounterName]
  | {
      [N in HistogramName]: { time: N; labels: Labels<(typeof histograms)[N]>; seconds: number }
    }[HistogramName]

/** What an event does not say itself. */
export interface Known {
  task(id: string): Pick<Task, 'kind' | 'agent' | 'createdAt'> | undefined
}

type Of<T extends EventType> = EventDraft<T> & { at: string }
type Observer<T extends EventType> = (event: Of<T>, known: Known) => Observation[]

/** What an event says about how the work goes. Pure; times are those of the events. */
export function observe(event: StoredEvent, known: Known): Observation[] {
  const observer = observers[event.type] as Observer<EventType> | undefined
  return [count('events', { type: event.type }), ...(observer?.(event, known) ?? [])]
}

const observers: { [T in EventType]?: Observer<T> } = {
  'run.started': ({ data: { run } }) => [
    count('runsStarted', { agent: run.agent, cause: run.cause }),
  ],
  'run.ended'({ data: { run, outcome }, taskId, at }, known) {
    const { agent, usage } = run
    // A run without a task made a plan.
    const kind = (taskId && known.task(taskId)?.kind) || 'plan'
    return [
      count('runsEnded', { agent, kind, outcome }),
      time('runDuration', { agent }, seconds(run.startedAt, run.endedAt ?? at)),
      count('tokens', { agent, direction: 'input' }, usage.inputTokens),
      count('tokens', { agent, direction: 'output' }, usage.outputTokens),
      count('cost', { agent }, usage.costUsd),
    ]
  },
  'task.state_changed'({ data: { from, to, reason }, taskId, at }, known) {
    const task = taskId === undefined ? undefined : known.task(taskId)
    return [
      ...(from === 'integrating' ? [count('integrations', { outcome: to })] : []),
      ...(to === 'conflicted' ? [count('conflicts', { reason: reason?.code ?? 'unknown' })] : []),
      ...(to === 'integrated' && task
        ? [
            count('tasksIntegrated', { agent: task.agent ?? 'none' }),
            time('taskLatency', { kind: task.kind }, seconds(task.createdAt, at)),
          ]
        : []),
    ]
  },
  'evidence.recorded': ({ data: { evidence } }) => [
    time(
      'checkDuration',
      { result: evidence.exitCode === 0 ? 'green' : 'red' },
      evidence.durationMs / 1_000,
    ),
  ],
  'approval.decided': ({ data: { approval }, at }) => [
    time('approvalWait', { kind: approval.kind, state: approval.state }, seconds(approval.at, at)),
  ],
  'checkpoint.saved': () => [count('checkpoints', {})],
  'save.refused': ({ data: { reason } }) => [count('savesRefused', { code: reason.code })],
  'rollback.done': ({ data: { mode } }) => [count('rollbacks', { mode })],
  'rollback.refused': ({ data: { reason } }) => [count('rollbacksRefused', { code: reason.code })],
  'alert.raised': ({ data: { alert } }) => [count('alertsRaised', { kind: alert.kind })],
}

const count = <N extends CounterName>(name: N, labels: Labels<(typeof counters)[N]>, by = 1) =>
  ({ count: name, labels, by }) as unknown as Observation

const time = <N extends HistogramName>(
  name: N,
  labels: Labels<(typeof histograms)[N]>,
  elapsed: number,
) => ({ time: name, labels, seconds: elapsed }) as unknown as Observation

/** Between two points of the calendar; a clock that was set back makes no negative time. */
const seconds = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000)
