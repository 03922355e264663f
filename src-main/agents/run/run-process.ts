import type { Reason } from '../../../src-shared/contract/index.ts'
import { endMarked, printableLine } from '../../base/index.ts'
import type { AgentAdapter } from '../adapter.ts'
import type { AgentProcess, ProcessExit } from '../process/agent-process.ts'
import type { RunDeps, RunRequest, RunSink } from '../run-request.ts'
import { createDialogue } from './dialogue.ts'
import { createEscalation, type Escalation, FAILED_MS } from './escalation.ts'
import { createLeave, type Leave } from './leave.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import type { RunControl } from './run-control.ts'
import type { RunFiles } from './run-files.ts'
import type { RunVitals } from './run-health.ts'
import { createRunLedger, type RunLedger } from './run-ledger.ts'
import type { RunLogs } from './run-output.ts'
import type { RunPlan } from './run-plan.ts'
import { spawnAgent } from './spawn-agent.ts'
import { createTimeLimit, type TimeLimit } from './time-limit.ts'

/** What one run is made of. */
export interface RunParts {
  sink: Required<RunSink>
  /** Somebody hears its questions. */
  canAsk: boolean
  files: RunFiles
  adapter: AgentAdapter
  control: RunControl
  vitals: RunVitals
}

/** The parts of a run whose process is about to start. */
export type ProcessParts = RunParts & { plan: RunPlan; logs: RunLogs }

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
  const { sink, control, plan, vitals } = parts
  let lingering: NodeJS.Timeout | undefined
  const ledger = createRunLedger({
    ...sink,
    send: (text) => agent?.write(text),
    closed: () => {
      vitals.ends()
      agent?.endInput()
      const patienceMs = ledger.closing?.ok === false ? FAILED_MS : deps.closingMs
      lingering ??= setTimeout(() => ending.begin(), patienceMs)
    },
  })
  // A start copies this process, which takes its time: eight at once are eight turns of the loop.
  const agent = await deps.turns.once(() =>
    control.wish === undefined ? spawnAgent(deps, request, parts) : undefined,
  )
  if (agent === undefined) return { ...UNKNOWN_EXIT, ledger, isLeft: false }
  const { ending, onFault, faults, gaveUp } = createEnding(deps, request, agent)
  const leave = createLeave({
    keys: plan.person?.leave ?? '',
    type: agent.write,
    insist: ending.begin,
    graceMs: deps.graceMs,
  })
  const waiting = createWaiting(parts, request)
  const recorder = createRecorder({
    ...parts.logs,
    dialogue: createDialogue(plan.parser, parts.canAsk),
    flow: agent,
    turns: deps.turns,
    onEvent(event) {
      ledger.take(event)
      waiting.asks(ledger.isWaiting)
    },
    onFault,
  })
  const work = { agent, recorder, ending, leave, waiting, gaveUp, token: request.mcp?.token }
  const exit = await untilExit(parts, work)
  waiting.close()
  leave.close()
  ending.close()
  await recorder.finish(exit.exitCode)
  clearTimeout(lingering)
  const [fault] = faults
  return { ...exit, ledger, isLeft: leave.hasBegun, ...(fault ? { fault } : {}) }
}

/** Everything is connected before the first byte can come. */
async function untilExit(
  { sink, control, plan, vitals }: ProcessParts,
  work: {
    agent: AgentProcess
    recorder: Recorder
    ending: Escalation
    leave: Leave
    waiting: Waiting
    gaveUp: Promise<ProcessExit>
    token: string | undefined
  },
): Promise<ProcessExit> {
  const { agent, recorder, ending, leave, waiting, gaveUp, token } = work
  const exited = new Promise<ProcessExit>((resolve) => agent.onExit(resolve))
  agent.onData((chunk) => {
    vitals.heard()
    recorder.push(chunk)
  })
  recorder.begin(token)
  vitals.started(agent.pid)
  sink.started(agent.pid)
  control.whenStopped(() => {
    vitals.ends()
    ending.begin()
  })
  control.attach({
    answer: recorder.answer,
    hold: waiting.holds,
    ...(plan.person === undefined ? NO_PERSON : personOf(agent, leave)),
  })
  const exit = await Promise.race([exited, gaveUp])
  vitals.gone()
  control.detach()
  return exit
}

/** The run's time, which stands still while a person is asked, by the agent itself or through others. */
interface Waiting extends Pick<TimeLimit, 'close'> {
  asks(isAsking: boolean): void
  holds(isHeld: boolean): void
}

function createWaiting(
  { control, plan, vitals }: ProcessParts,
  { timeoutMs }: RunRequest,
): Waiting {
  // A person's own time has no limit.
  const ms = plan.person === undefined ? timeoutMs : undefined
  const limit = createTimeLimit(ms, () => control.stop('timed_out'))
  let isAsking = false
  let isHeld = false
  const tell = () => {
    vitals.waits(isAsking || isHeld)
    limit.hold(isAsking || isHeld)
  }
  return {
    asks(is) {
      isAsking = is
      tell()
    },
    holds(is) {
      isHeld = is
      tell()
    },
    close: limit.close,
  }
}

/** How the process is ended when it has to be; the first fault of ours is why. */
function createEnding(deps: RunDeps, { runId, worktree }: RunRequest, agent: AgentProcess) {
  const gaveUp = Promise.withResolvers<ProcessExit>()
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
    giveUp: () => gaveUp.resolve(UNKNOWN_EXIT),
    graceMs: deps.graceMs,
  })
  return { ending, onFault, faults, gaveUp: gaveUp.promise }
}

const personOf = ({ write, resize }: AgentProcess, { begin }: Leave) => ({
  write,
  resize,
  leave: begin,
})

// Nobody sits at a run that works by itself.
const NO_PERSON = { write: () => undefined, resize: () => undefined, leave: () => undefined }

const UNKNOWN_EXIT: ProcessExit = { exitCode: null, signal: null }

/** What kept the runner from doing its part, as a reason. */
export const faultReason = (error: unknown): Reason => ({
  code: (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk_full' : 'internal',
  message: printableLine(error instanceof Error ? error.message : String(error)),
})
