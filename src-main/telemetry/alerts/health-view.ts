/** What the rules of alerts look at: plain values, gathered at one moment. Times are milliseconds awake. */
export interface HealthView {
  /** Ids of the alerts that are raised: what is over is not the same as what has not begun. */
  open: ReadonlySet<string>
  /** From one beat of the orchestrator's own loop to the next. */
  beatMs: number
  runs: readonly RunHealth[]
  queue: QueueHealth
  sessions: readonly SessionHealth[]
  /** In bytes; undefined when the system does not tell. */
  disk: { free: number; total: number } | undefined
  agents: readonly AgentHealth[]
}

/** A run whose process is under way. */
export interface RunHealth {
  runId: string
  sessionId: string
  taskId?: string
  agent: string
  agentName: string
  /** What it works on, harmless to show. */
  title: string
  /** Since its process was last seen to be there and able to run. */
  silentMs: number
  /** Since it last printed something, or last waited for an answer. */
  quietMs: number
  /** A person sits at its terminal. */
  attended: boolean
}

export interface QueueHealth {
  /** Tasks that could run and wait for a place. */
  waiting: number
  longestMs: number
  /** Runs that may be under way at once. */
  places: number
}

export interface SessionHealth {
  id: string
  /** Harmless to show. */
  goal: string
  /** Of its last integrations, oldest first. */
  integrations: readonly IntegrationOutcome[]
  /** When it was rolled back, in milliseconds before now. */
  rollbacks: readonly number[]
}

export type IntegrationOutcome = 'integrated' | 'conflicted'

/** An agent that could be used before. */
export interface AgentHealth {
  id: string
  name: string
  signedOut: boolean
}
