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
  /** What counts as its own statement of how the work went. */
  closing: string
  /** How its questions reach a person, or what decides in their place; shown by `doctor`. */
  asking: string
  /** How to sign in, as an order: "run `codex login`"; missing for what knows of no signing in. */
  signIn?: string
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
  /** Runs a short command with that environment, and with `more` on top. */
  run(
    command: string,
    args: readonly string[],
    more?: Readonly<Record<string, string>>,
  ): Promise<{ exitCode: number | null; output: string; missing: boolean }>
}

export interface LaunchInput {
  settings: AgentSettings
  /** The run's private folder, where the plan's files will be. */
  dir: string
  /** Absolute path of the folder it works in. */
  worktree: string
  prompt: string
  /** The CLI's own session to go on with. */
  resume?: string
  /** Overrides the model of the settings. */
  model?: string
  /** JSON Schema of the closing answer. */
  schema?: object
  /** Our own tools for this run (Model Context Protocol, streamable HTTP); the token is in its environment as RUN_TOKEN. */
  mcp?: { url: string }
}

export type InteractiveInput = Omit<LaunchInput, 'prompt' | 'schema'>

/** The variable that holds the token of a run, by which the agent reaches our tools: never in an argument or a file. */
export const RUN_TOKEN = 'THALOGOS_RUN_TOKEN'

/** How to start it. Files are written 0600 into the run's folder before, and removed after. */
export interface LaunchPlan {
  command: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  files: readonly { name: string; content: string }[]
  /** The file that becomes standard input; without it the null device. Not for a dialogue. */
  stdin?: string
  /** It speaks a protocol over standard input and output: it runs on pipes, and the parser answers it. */
  dialogue?: true
}

/** The same conversation, opened for a person at a terminal. */
export interface InteractivePlan extends Omit<LaunchPlan, 'stdin' | 'dialogue'> {
  /** What is typed to leave it, wherever it stands: it must agree to no question and send off no draft. */
  leave: string
}

/**
 * Control-C as often as it takes: it clears a draft, turns down a question or ends a turn, and leaves (each of the
 * three CLIs, in each of these places). A command to quit would be added to the draft, and its Enter say yes.
 */
export const INTERRUPTS = '\u0003\u0003\u0003'

/** A question of an agent about something it wants to do. Texts are harmless to show (`printable`). */
export interface PermissionQuestion {
  /** Names the question within its run. */
  id: string
  /** `shell`, `edit`, `fetch` or the tool's own name. */
  tool: string
  /** What it wants to do, whole: the command, the files, the address. An allowance for the session covers exactly this. */
  subject: string
  /** Its reason, where it gave one. */
  why?: string
}

export interface PermissionAnswer {
  decision: 'allow' | 'deny'
  note?: string
}

/** How the agent itself says that its work went. */
export type Closing =
  | { ok: true; answer?: string }
  | { ok: false; code: RunErrorCode; message: string }

/** What the output says, in order. `usage` is what this run used so far: a conversation's earlier runs are not in it. */
export type AgentEvent =
  | { type: 'session'; id: string }
  | { type: 'item'; item: OutputItem }
  | { type: 'usage'; usage: Usage }
  | { type: 'closed'; closing: Closing }
  /** To be written to its standard input: only of a dialogue. */
  | { type: 'send'; text: string }
  /** It waits for `answer`. */
  | { type: 'asked'; question: PermissionQuestion }
  /** It waits no longer. */
  | { type: 'withdrawn'; question: string }

/**
 * Bytes to events, a state machine without effects. How the bytes are cut into chunks never changes the events.
 * In a dialogue it also says what is written back.
 */
export interface OutputParser {
  /** What begins a dialogue. `token` is that of RUN_TOKEN, for a CLI that cannot take it from its environment. */
  begin?(token?: string): AgentEvent[]
  push(chunk: Buffer): AgentEvent[]
  /** A person answered; an id that is not open gives nothing. */
  answer?(question: string, answer: PermissionAnswer): AgentEvent[]
  /** The output is complete. `exitCode` is null when a signal ended the process. */
  end(exitCode: number | null): AgentEvent[]
}

/** One agent CLI: all that is known about it, without any process. */
export interface AgentAdapter {
  readonly descriptor: Descriptor
  /** Names of variables it may inherit, beside the common ones; a final `*` stands for any rest. */
  readonly inherits: readonly string[]
  /** Further ones, by the variable that has to be switched on for them: keys of other services go nowhere unasked. */
  readonly inheritsWith?: Readonly<Record<string, readonly string[]>>
  probe(context: ProbeContext): Promise<Probe>
  /** Pure. */
  plan(input: LaunchInput): LaunchPlan
  /** Pure. Without `resume` a new conversation; missing where there is no interactive form. */
  planInteractive?(input: InteractiveInput): InteractivePlan
  createParser(input: LaunchInput): OutputParser
  /** What the end of its error output means, when it ended without a closing event. */
  explain(stderr: string): RunErrorCode | undefined
}
