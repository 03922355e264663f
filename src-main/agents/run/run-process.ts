import type { FileHandle } from 'node:fs/promises'
import type { Reason } from '../../../src-shared/contract/index.ts'
import { endMarked, printableLine } from '../../base/index.ts'
import type { AgentAdapter } from '../adapter.ts'
import type { AgentProcess, ProcessExit } from '../process/agent-process.ts'
import type { RunDeps, RunRequest, RunSink } from '../run-request.ts'
import { createDialogue } from './dialogue.ts'
import { createEscalation, type Escalation } from './escalation.ts'
import { createLeave, type Leave } from './leave.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import type { RunControl } from './run-control.ts'
import type { RunFiles } from './run-files.ts'
import { createRunLedger, type RunLedger } from './run-ledger.ts'
import type { RunPlan } from './run-plan.ts'
import { spawnAgent } from './spawn-agent.ts'
import { createTimeLimit } from './time-limit.ts'

/** What one run is made of. */
export interface RunParts {
  sink: Required<RunSink>
  /** Somebody hears its questions. */
  canAsk: boolean
  files: RunFiles
  adapter: AgentAdapter
  control: RunControl
}

/** The parts of a run whose process is about to start. */
export type ProcessParts = RunParts & {
  plan: RunPlan
  logs: { raw: FileHandle; transcript: FileHandle }
}
/** What is known of a run once its process has ended. */
export type ProcessOutcome = ProcessExit & {
  ledger: RunLedger
  /** It was left by its keys. */
  isLeft: boolean
  fault?: Reason
}

/** The process from its start to the last byte of its output. */
export async function driveProcess(
  deps: RunDeps,
  request: RunRequest,
  parts: ProcessParts,
): Promise<ProcessOutcome> {
  const { sink, control, plan } = parts
  let lingering: NodeJS.Timeout | undefined
  const ledger = createRunLedger({
    ...sink,
    send: (text) => agent.write(text),
    closed: () => {
      agent.endInput()
      lingering ??= setTimeout(() => ending.begin(), deps.closingMs)
    },
  })
  if (control.wish !== undefined) return { ...UNKNOWN_EXIT, ledger, isLeft: false }
  const agent = spawnAgent(deps, request, parts)
  const gaveUp = Promise.withResolvers<ProcessExit>()
  const { ending, onFault, faults } = createEnding(deps, request, {
    agent,
    giveUp: () => gaveUp.resolve(UNKNOWN_EXIT),
  })
  const leave = createLeave({
    keys: plan.person?.leave ?? '',
    type: agent.write,
    insist: ending.begin,
    graceMs: deps.graceMs,
  })
  const ms = plan.person === undefined ? request.timeoutMs : undefined
  const limit = createTimeLimit(ms, () => control.stop('timed_out'))
  const recorder = createRecorder({
    ...parts.logs,
    dialogue: createDialogue(plan.parser, parts.canAsk),
    flow: agent,
    onEvent(event) {
      ledger.take(event)
      limit.hold(ledger.isWaiting)
    },
    onFault,
  })
  const exit = await untilExit(parts, { agent, recorder, ending, leave, gaveUp: gaveUp.promise })
  limit.close()
  leave.close()
  ending.close()
  await recorder.finish(exit.exitCode)
  clearTimeout(lingering)
  const [fault] = faults
  return { ...exit, ledger, isLeft: leave.hasBegun, ...(fault ? { fault } : {}) }
}

/** Everything is connected before the first byte can come. */
async function untilExit(
  { sink, control, plan }: ProcessParts,
  work: {
    agent: AgentProcess
    recorder: Recorder
    ending: Escalation
    leave: Leave
    gaveUp: Promise<ProcessExit>
  },
): Promise<ProcessExit> {
  const { agent, recorder, ending, leave, gaveUp } = work
  const exited = new Promise<ProcessExit>((resolve) => agent.onExit(resolve))
  agent.onData(recorder.push)
  recorder.begin()
  sink.started(agent.pid)
  control.whenStopped(ending.begin)
  control.attach({
    answer: recorder.answer,
    ...(plan.person === undefined ? NO_PERSON : { ...agent, leave: leave.begin }),
  })
  const exit = await Promise.race([exited, gaveUp])
  control.detach()
  return exit
}

/** How the process is ended when it has to be; the first fault of ours is why. */
function createEnding(
  deps: RunDeps,
  { runId, worktree }: RunRequest,
  { agent, giveUp }: { agent: AgentProcess; giveUp: () => void },
) {
  const faults: Reason[] = []
  const onFault = (error: unknown) => {
    faults.push(faultReason(error))
    deps.log.error('run could not be recorded', { error: String(error) })
    ending.begin()
  }
  const ending = createEscalation({
    signal: agent.signal,
    force: () => {
      endMarked(runId, worktree).catch(onFault)
    },
    giveUp,
    graceMs: deps.graceMs,
  })
  return { ending, onFault, faults }
}

// Nobody sits at a run that works by itself.
const NO_PERSON = { write: () => undefined, resize: () => undefined, leave: () => undefined }
const UNKNOWN_EXIT: ProcessExit = { exitCode: null, signal: null }

/** What kept the runner from doing its part, as a reason. */
export const faultReason = (error: unknown): Reason => ({
  code: (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk_full' : 'internal',
  message: printableLine(error instanceof Error ? error.message : String(error)),
})
