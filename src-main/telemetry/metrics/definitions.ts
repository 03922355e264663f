interface Definition {
  name: string
  help: string
  /** Closed lists and ids of the configuration only: never what an agent or a repository says. */
  labels: readonly string[]
}

interface TimedDefinition extends Definition {
  /** Upper bounds in seconds. */
  buckets: readonly number[]
}

// What a person waits for, up to what a person goes away for: the run's time limit is an hour by default.
const WORK = [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200]
// A Save takes a tenth of a second (measure 4), checks before it make it minutes.
const DEEDS = [0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300]
// Somebody who watches, somebody who comes back from lunch, somebody who comes back in the morning.
const PEOPLE = [5, 15, 60, 300, 900, 3_600, 14_400, 57_600]

/** What only grows, counted from the events since the start of the process. */
export const counters = {
  events: { name: 'thalogos_events_total', help: 'Stored events by type.', labels: ['type'] },
  runsStarted: {
    name: 'thalogos_runs_started_total',
    help: 'Runs that were started, by agent and cause.',
    labels: ['agent', 'cause'],
  },
  runsEnded: {
    name: 'thalogos_runs_ended_total',
    help: 'Runs that ended, by agent, kind of task and outcome. Its rate is the agents’ throughput.',
    labels: ['agent', 'kind', 'outcome'],
  },
  tokens: {
    name: 'thalogos_tokens_total',
    help: 'Tokens that ended runs used, by agent and direction.',
    labels: ['agent', 'direction'],
  },
  cost: {
    name: 'thalogos_cost_usd_total',
    help: 'What ended runs cost in US dollars, by agent.',
    labels: ['agent'],
  },
  tasksIntegrated: {
    name: 'thalogos_tasks_integrated_total',
    help: 'Tasks whose work was integrated, by agent.',
    labels: ['agent'],
  },
  integrations: {
    name: 'thalogos_integrations_total',
    help: 'Attempts to integrate a task, by outcome.',
    labels: ['outcome'],
  },
  conflicts: {
    name: 'thalogos_conflicts_total',
    help: 'Tasks that conflicted, by reason.',
    labels: ['reason'],
  },
  checkpoints: {
    name: 'thalogos_checkpoints_total',
    help: 'Checkpoints that were saved.',
    labels: [],
  },
  savesRefused: {
    name: 'thalogos_saves_refused_total',
    help: 'Saves that were refused, by error code.',
    labels: ['code'],
  },
  rollbacks: {
    name: 'thalogos_rollbacks_total',
    help: 'Roll backs that were done, by mode.',
    labels: ['mode'],
  },
  rollbacksRefused: {
    name: 'thalogos_rollbacks_refused_total',
    help: 'Roll backs that were refused, by error code.',
    labels: ['code'],
  },
  alertsRaised: {
    name: 'thalogos_alerts_raised_total',
    help: 'Alerts that were raised, by kind.',
    labels: ['kind'],
  },
} as const satisfies Record<string, Definition>

/** What takes time, in seconds. */
export const histograms = {
  runDuration: {
    name: 'thalogos_run_duration_seconds',
    help: 'From the start of a run to its end, by agent.',
    labels: ['agent'],
    buckets: WORK,
  },
  taskLatency: {
    name: 'thalogos_task_latency_seconds',
    help: 'From the creation of a task to its integration, by kind.',
    labels: ['kind'],
    buckets: WORK,
  },
  checkDuration: {
    name: 'thalogos_check_duration_seconds',
    help: 'How long checks took, by what they said.',
    labels: ['result'],
    buckets: WORK,
  },
  approvalWait: {
    name: 'thalogos_approval_wait_seconds',
    help: 'From a question to its answer or withdrawal, by kind and state.',
    labels: ['kind', 'state'],
    buckets: PEOPLE,
  },
  deedDuration: {
    name: 'thalogos_deed_duration_seconds',
    help: 'From the request of a Save or Roll back to its checkpoint or refusal, checks included.',
    labels: ['deed', 'outcome'],
    buckets: DEEDS,
  },
} as const satisfies Record<string, TimedDefinition>

/** What is so at the moment of the scrape. */
export const gauges = {
  tasks: {
    name: 'thalogos_tasks',
    help: 'Tasks of sessions that are not finalized, by state.',
    labels: ['state'],
  },
  queueDepth: {
    name: 'thalogos_queue_depth',
    help: 'Tasks of active sessions that could run and wait for a place.',
    labels: [],
  },
  runsLive: {
    name: 'thalogos_runs_live',
    help: 'Runs that are starting or running, by agent.',
    labels: ['agent'],
  },
  approvalsOpen: {
    name: 'thalogos_approvals_open',
    help: 'Questions that wait for a person, by kind.',
    labels: ['kind'],
  },
  alertsOpen: {
    name: 'thalogos_alerts_open',
    help: 'Alerts that are raised and not cleared, by kind.',
    labels: ['kind'],
  },
  mergeSuccess: {
    name: 'thalogos_merge_success_ratio',
    help: 'Share of the last 50 integrations that succeeded; nothing before the first.',
    labels: [],
  },
  conflictRate: {
    name: 'thalogos_conflict_ratio',
    help: 'Share of the last 50 integrations that conflicted; nothing before the first.',
    labels: [],
  },
  loopDelay: {
    name: 'thalogos_event_loop_delay_seconds',
    help: 'By how much the main loop was late since the last scrape; quantile 1 is the maximum.',
    labels: ['quantile'],
  },
  memory: {
    name: 'thalogos_process_resident_memory_bytes',
    help: 'Resident memory of the orchestrator.',
    labels: [],
  },
  descriptors: {
    name: 'thalogos_process_open_fds',
    help: 'Open file descriptors of the orchestrator; Linux only.',
    labels: [],
  },
} as const satisfies Record<string, Definition>

export type CounterName = keyof typeof counters
export type HistogramName = keyof typeof histograms
export type GaugeName = keyof typeof gauges

/** The labels that a definition names, each with its value. */
export type Labels<D extends Definition> = Record<D['labels'][number], string>
