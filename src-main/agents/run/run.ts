import { noUsage, type Reason } from '../../../src-shared/contract/index.ts'
import { endMarked, type Log } from '../../base/index.ts'
import type { LaunchInput } from '../adapter.ts'
import type { RunDeps, RunEnd, RunRequest, RunSink, Verdict } from '../run-request.ts'
import { type Ending, judge, judgeInteractive, type Stop } from './outcome.ts'
import { createRunControl, type RunControl } from './run-control.ts'
import {
  adoptFiles,
  prepareFiles,
  type RunFiles,
  readStart,
  readStderr,
  salvageFiles,
} from './run-files.ts'
import { createRunVitals, type RunHealth } from './run-health.ts'
import type { RunLogs } from './run-output.ts'
import { planRun } from './run-plan.ts'
import {
  driveProcess,
  faultReason,
  type ProcessOutcome,
  type ProcessParts,
  type RunParts,
} from './run-process.ts'
import { renderItem, renderNote } from './transcript.ts'

/** A run in progress. */
export interface Run {
  readonly done: Promise<RunEnd>
  stop(why: Stop): void
  /** To the run while it lasts. */
  tell: RunControl['tell']
  /** What it prints; undefined when it ended before anything could be printed. Whoever started it releases both. */
  readonly logs: Promise<RunLogs | undefined>
  health(): RunHealth
}

/** Starts one run. `done` never rejects: what goes wrong is the run's outcome. */
export function startRun(
  deps: RunDeps,
  request: RunRequest,
  { sink, files }: { sink: RunSink; files: RunFiles },
): Run {
  const control = createRunControl()
  const vitals = createRunVitals(request.runId, request.agent)
  const logs = Promise.withResolvers<RunLogs | undefined>()
  const { sessionId, taskId, runId, agent } = request
  const log = deps.log.with({ sessionId, taskId, runId, agent })
  const adapter = deps.agents.adapter(request.agent)
  const run = async (): Promise<RunEnd> => {
    if (!adapter) {
      const message = `there is no agent ${request.agent}`
      const verdict = crashed({ code: 'agent_unknown', message })
      return failedEnd(deps, { request, files, verdict })
    }
    const canAsk = sink.asked !== undefined
    const parts = { sink: guarded(sink, log), canAsk, files, adapter, control, vitals }
    try {
      return await perform({ ...deps, log }, request, { ...parts, opened: logs.resolve })
    } catch (error) {
      log.error('run could not be carried through', { error: String(error) })
      return failedEnd(deps, { request, files, verdict: crashed(faultReason(error)) })
    }
  }
  const done = run().finally(() => logs.resolve(undefined))
  return { done, stop: control.stop, tell: control.tell, logs: logs.promise, health: vitals.read }
}

async function perform(
  deps: RunDeps,
  request: RunRequest,
  parts: RunParts & { opened: (logs: RunLogs) => void },
): Promise<RunEnd> {
  const { adapter, files } = parts
  const plan = planRun(adapter, inputOf(deps, request, parts), request)
  if (plan === undefined) {
    const message = `${adapter.descriptor.name} cannot be opened for a person at a terminal`
    return failedEnd(deps, {
      request,
      files,
      verdict: { outcome: 'failed', reason: { code: 'takeover_unsupported', message } },
    })
  }
  const logs = await prepareFiles(files, plan, deps.log)
  parts.opened(logs)
  try {
    const note = `opened at a terminal at ${deps.clock.now()}; the raw view has what happens there`
    if (plan.person) await logs.transcript.append(renderNote(note))
    const process = await driveProcess(deps, request, { ...parts, plan, logs })
    return await conclude(deps, request, { ...parts, plan, logs, process })
  } finally {
    endLogs(logs)
  }
}

async function conclude(
  deps: RunDeps,
  request: RunRequest,
  parts: ProcessParts & { process: ProcessOutcome },
): Promise<RunEnd> {
  const { files, logs, process } = parts
  const { ended: leftovers } = await endMarked(request.runId, request.worktree)
  const endedAt = deps.clock.now()
  const verdict = await judgeRun(parts)
  const hasLeft = parts.plan.person !== undefined && verdict.outcome === 'succeeded'
  const note = hasLeft ? `left at ${endedAt}` : (verdict.reason?.message ?? verdict.outcome)
  await closeTranscript(logs, { stderr: await readStderr(files), note })
  endLogs(logs)
  const { exitCode, signal, ledger } = process
  const session = ledger.session ?? (parts.plan.person ? request.resume : undefined)
  deps.log.info('run ended', { outcome: verdict.outcome, exitCode, signal, leftovers })
  return {
    ...verdict,
    ...(exitCode === null ? {} : { exitCode }),
    ...(signal === null ? {} : { signal }),
    ...(session === undefined ? {} : { cliSessionId: session }),
    usage: ledger.usage,
    leftovers,
    ...(await adoptFiles(files, deps.artifacts)),
    endedAt,
  }
}

async function judgeRun(parts: ProcessParts & { process: ProcessOutcome }): Promise<Verdict> {
  const { adapter, control, files, plan, process } = parts
  if (plan.person === undefined) {
    return judge(endingOf(process, control.wish, await readStderr(files)), adapter)
  }
  // Its errors were printed for the person to see.
  const ending = endingOf(process, control.wish, await readStart(files))
  return judgeInteractive({ ...ending, isLeft: process.isLeft }, adapter)
}

/** Ending twice does nothing. */
function endLogs({ raw, transcript }: RunLogs): void {
  raw.end()
  transcript.end()
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

function inputOf(deps: RunDeps, request: RunRequest, { files }: RunParts): LaunchInput {
  return {
    settings: deps.agents.settings(request.agent),
    dir: files.dir,
    worktree: request.worktree,
    prompt: request.prompt,
    ...(request.resume === undefined ? {} : { resume: request.resume }),
    ...(request.model === undefined ? {} : { model: request.model }),
    ...(request.schema === undefined ? {} : { schema: request.schema }),
    ...(request.mcp === undefined ? {} : { mcp: { url: request.mcp.url } }),
  }
}

/** A listener's fault is its own: the run goes on. */
function guarded(sink: RunSink, log: Log): Required<RunSink> {
  const guard =
    <T>(tell: ((value: T) => void) | undefined) =>
    (value: T) => {
      try {
        tell?.(value)
      } catch (error) {
        log.error('run listener failed', { error: String(error) })
      }
    }
  return {
    started: guard(sink.started),
    item: guard(sink.item),
    session: guard(sink.session),
    asked: guard(sink.asked),
    withdrawn: guard(sink.withdrawn),
  }
}

/** The transcript ends with what went to the error output, and with how the run was judged. */
async function closeTranscript(
  { transcript }: RunLogs,
  { stderr, note }: { stderr: string; note: string },
): Promise<void> {
  const words = stderr.trim() === '' ? '' : renderItem({ kind: 'raw', text: stderr.trimEnd() })
  await transcript.append(words + renderNote(note))
}

/** The end of a run that could not be carried through; what was written is kept all the same. */
async function failedEnd(
  deps: RunDeps,
  { request, files, verdict }: { request: RunRequest; files: RunFiles; verdict: Verdict },
): Promise<RunEnd> {
  const { ended } = await endMarked(request.runId, request.worktree)
  const kept = await salvageFiles(files, deps.artifacts)
  return {
    ...verdict,
    ...kept,
    usage: noUsage,
    leftovers: ended,
    endedAt: deps.clock.now(),
  }
}

const crashed = (reason: Reason): Verdict => ({ outcome: 'crashed', reason })
