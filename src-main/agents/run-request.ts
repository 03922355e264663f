import type { OutputItem, Reason, RunOutcome, Usage } from '../../src-shared/contract/index.ts'
import type { Clock, Log, Turns } from '../base/index.ts'
import type { PermissionQuestion } from './adapter.ts'
import type { Agents } from './agents.ts'

/** One process to be run; serialisable, and the same `runId` is the same run. */
export interface RunRequest {
  runId: string
  /** Where it belongs: for the log alone. */
  sessionId?: string
  taskId?: string
  agent: string
  /** Absolute path of the folder it works in, which is the run's alone: who is left in it afterwards is ended. */
  worktree: string
  prompt: string
  /** Opened for a person at a terminal instead: there is no prompt, no closing event, no time limit. */
  interactive?: { cols: number; rows: number }
  timeoutMs: number
  /** The CLI's own session to go on with. */
  resume?: string
  model?: string
  /** JSON Schema of the closing answer. */
  schema?: object
  /** Our own tools for this run, and the token for them, which reaches the agent in its environment only. */
  mcp?: { url: string; token: string }
  env?: Record<string, string>
}

/** Told while it runs. What it throws is logged and harms nobody. */
export interface RunSink {
  started(pid: number): void
  item(item: OutputItem): void
  session(cliSessionId: string): void
  /** It waits until `RunHandle.answer` is called with the question's id. */
  asked?(question: PermissionQuestion): void
  /** It no longer waits for that answer. */
  withdrawn?(question: string): void
}

/** How a run was judged. */
export type Verdict =
  | {
      outcome: 'succeeded'
      /** The closing text, or the structured answer as JSON. */
      answer?: string
      reason?: never
    }
  | { outcome: Exclude<RunOutcome, 'succeeded'>; reason: Reason; answer?: never }

export type RunEnd = Verdict & {
  exitCode?: number
  signal?: string
  cliSessionId?: string
  usage: Usage
  /** Artifact hashes of its bytes and of the transcript; empty when nothing could be written. */
  raw: string
  transcript: string
  /** Processes that it had left and that were ended. */
  leftovers: number
  endedAt: string
}

export interface RunDeps {
  agents: Agents
  artifacts: { adopt(path: string): Promise<string> }
  clock: Clock
  log: Log
  /** In which what runs print is read. */
  turns: Turns
  graceMs: number
  /** How long it may stay after its closing event. */
  closingMs: number
}
