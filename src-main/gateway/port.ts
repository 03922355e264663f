import type {
  ErrorCode,
  OperationAnswer,
  OperationInput,
  OperationName,
  StoredEvent,
  TerminalView,
} from '../../src-shared/contract/index.ts'
import type { Failure, Log, Result } from '../base/index.ts'

type Outcome<T> = Result<T, Failure<ErrorCode>>

/** What carries out the operations of the contract; inputs were checked, defaults are filled in. */
export type OperationHandlers = {
  [N in OperationName]: (input: OperationInput<N>) => Promise<Outcome<OperationAnswer<N>>>
}

/** What happened and happens; the module events satisfies it. */
export interface EventFeed {
  /** Stored events with a greater `seq`, in order; at most `limit`, the oldest ones. */
  since(seq: number, filter?: { sessionId?: string; limit?: number }): StoredEvent[]
  /** Called after each commit, in the order of `seq`; returns the way to stop. */
  subscribe(listener: (event: StoredEvent) => void): () => void
}

/** One view of one run's output as bytes that only grow. Offsets and sizes are bytes. */
export interface TerminalSource {
  /** The run's number in binary frames. */
  n: number
  /** Whether it may still grow. */
  live: boolean
  size(): number
  /** At most `max` bytes from `from` on; empty at the end. */
  read(from: number, max: number): Promise<Buffer>
  /** Told of each chunk with the offset it begins at, once it can be read; returns the way to stop. */
  onGrow(listener: (at: number, chunk: Buffer) => void): () => void
  /** Resolves when it will grow no more and `size` is final. */
  ended: Promise<void>
  close(): void
}

export interface Terminals {
  /** Each viewer opens its own and closes it. */
  open(runId: string, view: TerminalView): Promise<Outcome<TerminalSource>>
  /** Only of an interactive run that is live: else `run_not_live`. */
  input(runId: string, data: string): Outcome<void>
  resize(runId: string, cols: number, rows: number): Outcome<void>
}

/** Bytes of a file that changes no more. */
export interface ByteSource {
  size: number
  /** At most `max` bytes from `from` on; empty at the end. */
  read(from: number, max: number): Promise<Buffer>
  close(): Promise<void>
}

/** What a tool of an agent wants to do. The texts are harmless to show. */
export interface ToolQuestion {
  /** `shell`, `edit`, `fetch` or the tool's own name. */
  tool: string
  /** What it wants to do, whole: the command, the path, the address. */
  subject: string
  why?: string
  /** As the agent gave it: hostile. */
  input: unknown
}

export interface ToolAnswer {
  decision: 'allow' | 'deny'
  note?: string
}

export interface GatewayRuns {
  /** The live run that this token was made for. The token is hashed before it is looked up, so that time tells nothing. */
  resolveToken(token: string): { runId: string } | undefined
  /**
   * Waits for a person, for hours if need be; resolves with `deny` when the run ends first. `signal` aborts when
   * nobody waits for the answer any more, and after it was given: an open question is then withdrawn.
   */
  ask(runId: string, question: ToolQuestion, signal: AbortSignal): Promise<ToolAnswer>
}

/** Everything the gateway needs of the orchestrator. */
export interface GatewayDeps {
  operations: OperationHandlers
  events: EventFeed
  terminals: Terminals
  artifacts: { open(hash: string): Promise<ByteSource | undefined> }
  runs: GatewayRuns
  /** Prometheus text. */
  metrics(): Promise<string>
  tokens: {
    /** For everything but /mcp. */
    owner: string
    /** For /metrics alone. */
    metrics: string
  }
  version: string
  /** Where the built page is. */
  pageDir: string
  /** A free one unless given. */
  port?: number
  log: Log
}
