import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import {
  noUsage,
  type OutputItem,
  type Reason,
  type RunOutcome,
  type Usage,
} from '../../src-shared/contract/index.ts'
import {
  type Clock,
  endMarked,
  type Log,
  launchLine,
  MARKER,
  printableLine,
} from '../base/index.ts'
import type { AgentAdapter, LaunchPlan } from './adapter.ts'
import type { Agents } from './agents.ts'
import { createEscalation } from './escalation.ts'
import { type Ending, judge, type Stop } from './outcome.ts'
import { type Pty, type PtyEnd, spawnPty } from './pty/pty.ts'
import { createRecorder } from './recorder.ts'
import { adoptFiles, prepareFiles, type RunFiles, readStderr, salvageFiles } from './run-files.ts'
import { createRunLedger, type RunLedger } from './run-ledger.ts'
import { renderItem, renderNote } from './transcript.ts'

/** One process to be run; serialisable, and the same `runId` is the same run. */
export interface RunRequest {
  runId: string
  agent: string
  /** Absolute path of the folder it works in. */
  worktree: string
  prompt: string
  timeoutMs: number
  /** The CLI's own session to go on with. */
  resume?: string
  /** What the runs of that session have used before: some CLIs count it in again. */
  usedBefore?: Usage
  model?: string
  /** JSON Schema of the closing answer. */
  schema?: object
  env?: Record<string, string>
}

/** Told while it runs. What it throws is logged and harms nobody. */
export interface RunSink {
  started(pid: number): void
  item(item: OutputItem): void
  session(cliSessionId: string): void
}

export interface RunEnd {
  outcome: RunOutcome
  /** Present whenever the outcome is not `succeeded`. */
  reason?: Reason
  exitCode?: number
  signal?: string
  cliSessionId?: string
  usage: Usage
  /** The closing text, or the structured answer as JSON. */
  answer?: string
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
  graceMs: number
}

/** A run in progress. */
export interface Run {
  readonly done: Promise<RunEnd>
  stop(why: Stop): void
}

// Wide enough that no CLI wraps its lines for a person; JSON is never wrapped.
const SIZE = { cols: 200, rows: 50 }
// After its closing event a CLI flushes its session and goes; one that stays this long has hung.
const CLOSING_MS = 30_000

/** Starts one run. `done` never rejects: what goes wrong is the run's outcome. */
export function startRun(
  deps: RunDeps,
  request: RunRequest,
  { sink, files }: { sink: RunSink; files: RunFiles },
): Run {
  const control = createControl()
  const log = deps.log.with({ runId: request.runId, agent: request.agent })
  const adapter = deps.agents.adapter(request.agent)
  const run = async (): Promise<RunEnd> => {
    if (!adapter) {
      const message = `there is no agent ${request.agent}`
      return failedEnd(deps, { request, files, reason: { code: 'agent_unknown', message } })
    }
    try {
      const parts = { sink: guarded(sink, log), files, adapter, control }
      return await perform({ ...deps, log }, request, parts)
    } catch (error) {
      log.error('run could not be carried through', { error: String(error) })
      return failedEnd(deps, { request, files, reason: faultReason(error) })
    }
  }
  return { done: run(), stop: control.stop }
}

/** Carries the wish to stop to whatever can act on it by now. */
function createControl() {
  let wish: Stop | undefined
  let act: (() => void) | undefined
  return {
    get wish() {
      return wish
    },
    stop(why: Stop) {
      // A user who cancels means it, even when the time was up or Thalogos was stopping before.
      if (wish === undefined || why === 'cancelled') wish = why
      act?.()
    },
    whenStopped(action: () => void) {
      act = action
      if (wish !== undefined) action()
    },
  }
}

interface RunParts {
  sink: RunSink
  files: RunFiles
  adapter: AgentAdapter
  control: ReturnType<typeof createControl>
}

async function perform(deps: RunDeps, request: RunRequest, parts: RunParts): Promise<RunEnd> {
  const { adapter, files } = parts
  const plan = planOf(deps, request, parts)
  const logs = await prepareFiles(files, plan)
  try {
    const process = await runProcess(deps, request, { ...parts, plan, logs })
    const { ended: leftovers } = await endMarked(request.runId)
    const stderr = await readStderr(files)
    const verdict = judge(endingOf(process, parts.control.wish, stderr), adapter)
    await closeTranscript(logs.transcript, { stderr, verdict })
    const { exitCode, signal, ledger } = process
    deps.log.info('run ended', { outcome: verdict.outcome, exitCode, signal, leftovers })
    return {
      ...verdict,
      ...(exitCode === null ? {} : { exitCode }),
      ...(signal === null ? {} : { signal }),
      ...(ledger.session === undefined ? {} : { cliSessionId: ledger.session }),
      usage: usageOf(request, adapter, ledger.usage),
      leftovers,
      ...(await adoptFiles(files, deps.artifacts)),
      endedAt: deps.clock.now(),
    }
  } finally {
    await logs.raw.close()
    await logs.transcript.close()
  }
}

function usageOf({ usedBefore }: RunRequest, { descriptor }: AgentAdapter, total: Usage): Usage {
  if (usedBefore === undefined || descriptor.countsConversation !== true) return total
  return {
    inputTokens: Math.max(0, total.inputTokens - usedBefore.inputTokens),
    outputTokens: Math.max(0, total.outputTokens - usedBefore.outputTokens),
    costUsd: Math.max(0, total.costUsd - usedBefore.costUsd),
  }
}

function endingOf(process: ProcessOutcome, stop: Stop | undefined, stderr: string): Ending {
  const { exitCode, signal, ledger, fault } = process
  return {
    exitCode,
    signal,
    stderr,
    ...(ledger.closing ? { closing: ledger.closing } : {}),
    ...(stop ? { stop } : {}),
    ...(fault ? { fault } : {}),
  }
}

function planOf(deps: RunDeps, request: RunRequest, { adapter, files }: RunParts): LaunchPlan {
  return adapter.plan({
    settings: deps.agents.settings(request.agent),
    dir: files.dir,
    prompt: request.prompt,
    ...(request.resume === undefined ? {} : { resume: request.resume }),
    ...(request.model === undefined ? {} : { model: request.model }),
    ...(request.schema === undefined ? {} : { schema: request.schema }),
  })
}

type ProcessParts = RunParts & {
  plan: LaunchPlan
  logs: { raw: FileHandle; transcript: FileHandle }
}
type ProcessOutcome = PtyEnd & { ledger: RunLedger; fault?: Reason }

/** The process from its start to the last byte of its output. */
async function runProcess(
  deps: RunDeps,
  request: RunRequest,
  parts: ProcessParts,
): Promise<ProcessOutcome> {
  const { sink, adapter, control, logs } = parts
  let fault: Reason | undefined
  let lingering: NodeJS.Timeout | undefined
  const ledger = createRunLedger({
    item: sink.item,
    session: sink.session,
    closed: () => {
      lingering ??= setTimeout(() => escalation.begin(), CLOSING_MS)
    },
  })
  if (control.wish !== undefined) return { exitCode: null, signal: null, ledger }
  const gaveUp = Promise.withResolvers<void>()
  const pty = spawnPty(ptyRequest(deps, request, parts))
  const escalation = createEscalation({
    signal: pty.signal,
    force: () => {
      endMarked(request.runId).catch(onFault)
    },
    giveUp: gaveUp.resolve,
    graceMs: deps.graceMs,
  })
  const onFault = (error: unknown) => {
    fault ??= faultReason(error)
    deps.log.error('run could not be recorded', { error: String(error) })
    escalation.begin()
  }
  const recorder = createRecorder({
    ...logs,
    parser: adapter.createParser(),
    flow: pty,
    onEvent: ledger.take,
    onFault,
  })
  pty.onData(recorder.push)
  sink.started(pty.pid)
  const timer = setTimeout(() => control.stop('timed_out'), request.timeoutMs)
  control.whenStopped(escalation.begin)
  const end = await Promise.race([exited(pty), gaveUp.promise.then(() => UNKNOWN_END)])
  clearTimeout(timer)
  clearTimeout(lingering)
  escalation.close()
  await recorder.finish(end.exitCode)
  clearTimeout(lingering)
  return { ...end, ledger, ...(fault ? { fault } : {}) }
}

function ptyRequest(deps: RunDeps, request: RunRequest, { plan, files }: ProcessParts) {
  return {
    ...SIZE,
    ...launchLine({
      command: plan.command,
      args: plan.args,
      cwd: request.worktree,
      env: {
        ...deps.agents.environment(request.agent),
        ...plan.env,
        ...request.env,
        TERM: 'xterm-256color',
        [MARKER]: request.runId,
      },
      ...(plan.stdin === undefined ? {} : { stdin: join(files.dir, plan.stdin) }),
      stderr: files.stderr,
    }),
  }
}

const UNKNOWN_END: PtyEnd = { exitCode: null, signal: null }

const exited = (pty: Pty): Promise<PtyEnd> => new Promise((resolve) => pty.onExit(resolve))

/** A listener's fault is its own: the run goes on. */
function guarded(sink: RunSink, log: Log): RunSink {
  const guard =
    <T>(tell: (value: T) => void) =>
    (value: T) => {
      try {
        tell(value)
      } catch (error) {
        log.error('run listener failed', { error: String(error) })
      }
    }
  return { started: guard(sink.started), item: guard(sink.item), session: guard(sink.session) }
}

/** The transcript ends with what went to the error output, and with how the run was judged. */
async function closeTranscript(
  transcript: FileHandle,
  { stderr, verdict }: { stderr: string; verdict: { outcome: RunOutcome; reason?: Reason } },
): Promise<void> {
  const words = stderr.trim() === '' ? '' : renderItem({ kind: 'raw', text: stderr.trimEnd() })
  await transcript.write(words + renderNote(verdict.reason?.message ?? verdict.outcome))
}

const faultReason = (error: unknown): Reason => ({
  code: (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk_full' : 'internal',
  message: printableLine(error instanceof Error ? error.message : String(error)),
})

/** The end of a run that could not be carried through; what was written is kept all the same. */
async function failedEnd(
  deps: RunDeps,
  { request, files, reason }: { request: RunRequest; files: RunFiles; reason: Reason },
): Promise<RunEnd> {
  const { ended } = await endMarked(request.runId)
  const kept = await salvageFiles(files, deps.artifacts)
  return {
    outcome: 'crashed',
    reason,
    ...kept,
    usage: noUsage,
    leftovers: ended,
    endedAt: deps.clock.now(),
  }
}
