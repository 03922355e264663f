import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reason } from '../../src-shared/contract/index.ts'
import { endMarked, launchLine, MARKER, printableLine } from '../base/index.ts'
import type { AgentAdapter, LaunchInput, LaunchPlan } from './adapter.ts'
import { createEscalation } from './escalation.ts'
import { type Pty, type PtyEnd, spawnPty } from './pty/pty.ts'
import { createRecorder } from './recorder.ts'
import type { RunControl } from './run-control.ts'
import type { RunFiles } from './run-files.ts'
import { createRunLedger, type RunLedger } from './run-ledger.ts'
import type { RunDeps, RunRequest, RunSink } from './run-request.ts'

/** What one run is made of. */
export interface RunParts {
  sink: RunSink
  files: RunFiles
  adapter: AgentAdapter
  control: RunControl
}

// Wide enough that no CLI wraps its lines for a person; JSON is never wrapped.
const SIZE = { cols: 200, rows: 50 }
// After its closing event a CLI flushes its session and goes; one that stays this long has hung.
const CLOSING_MS = 30_000

/** The parts of a run whose process is about to start. */
export type ProcessParts = RunParts & {
  input: LaunchInput
  plan: LaunchPlan
  logs: { raw: FileHandle; transcript: FileHandle }
}
/** What is known of a run once its process has ended. */
export type ProcessOutcome = PtyEnd & { ledger: RunLedger; fault?: Reason }

/** The process from its start to the last byte of its output. */
export async function driveProcess(
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
      endMarked(request.runId, request.worktree).catch(onFault)
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
    parser: adapter.createParser(parts.input),
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

/** What kept the runner from doing its part, as a reason. */
export const faultReason = (error: unknown): Reason => ({
  code: (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk_full' : 'internal',
  message: printableLine(error instanceof Error ? error.message : String(error)),
})
