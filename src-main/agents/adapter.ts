import type {
  AgentSettings,
  OutputItem,
  Reason,
  RunErrorCode,
  TaskKind,
  Usage,
} from '../../src-shared/contract/index.ts'

/** What an agent is and can do, before it was looked for on this machine. */
export interface Descriptor {
  id: string
  name: string
  kinds: readonly TaskKind[]
  resume: boolean
  structured: boolean
  approvals: boolean
  mcp: boolean
  models: readonly string[]
  /** A resumed run's usage counts the whole conversation, earlier runs of it included. */
  countsConversation?: true
  /** What counts as its own statement of how the work went. */
  closing: string
}

/** Whether the agent can be used here, and if not, why. */
export interface Probe {
  available: boolean
  version?: string
  reason?: Reason
}

export interface ProbeContext {
  settings: AgentSettings
  /** The environment that a run of it would have. */
  env: Readonly<Record<string, string>>
  /** Runs a short command with that environment. */
  run(
    command: string,
    args: readonly string[],
  ): Promise<{ exitCode: number | null; output: string; missing: boolean }>
}

export interface LaunchInput {
  settings: AgentSettings
  /** The run's private folder, where the plan's files will be. */
  dir: string
  prompt: string
  /** The CLI's own session to go on with. */
  resume?: string
  /** Overrides the model of the settings. */
  model?: string
  /** JSON Schema of the closing answer. */
  schema?: object
}

/** How to start it. Files are written 0600 into the run's folder before, and removed after. */
export interface LaunchPlan {
  command: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  files: readonly { name: string; content: string }[]
  /** The file that becomes standard input; without it the null device. */
  stdin?: string
}

/** How the agent itself says that its work went. */
export type Closing =
  | { ok: true; answer?: string }
  | { ok: false; code: RunErrorCode; message: string }

/** What the output says, in order. `usage` is the total so far. */
export type AgentEvent =
  | { type: 'session'; id: string }
  | { type: 'item'; item: OutputItem }
  | { type: 'usage'; usage: Usage }
  | { type: 'closed'; closing: Closing }

/** Bytes to events. How the bytes are cut into chunks never changes the events. */
export interface OutputParser {
  push(chunk: Buffer): AgentEvent[]
  /** The output is complete. `exitCode` is null when a signal ended the process. */
  end(exitCode: number | null): AgentEvent[]
}

/** One agent CLI: all that is known about it, without any process. */
export interface AgentAdapter {
  readonly descriptor: Descriptor
  /** Names of variables it may inherit, beside the common ones; a final `*` stands for any rest. */
  readonly inherits: readonly string[]
  probe(context: ProbeContext): Promise<Probe>
  /** Pure. */
  plan(input: LaunchInput): LaunchPlan
  createParser(): OutputParser
  /** What the end of its error output means, when it ended without a closing event. */
  explain(stderr: string): RunErrorCode | undefined
}
