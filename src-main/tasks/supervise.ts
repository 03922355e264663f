import { noUsage, type Run, type RunCause } from '../../src-shared/contract/index.ts'
import type { PermissionAnswer, PermissionQuestion, RunEnd, RunRequest } from '../agents/index.ts'
import { newRunId } from '../base/index.ts'
import { withdrawApprovals } from './commands/questions.ts'
import type { TaskDeps } from './deps.ts'
import { moveTaskIn, type Transaction } from './task-moves.ts'

// design.md 7: a worktree is never more than five minutes ahead of its last snapshot.
const SNAPSHOT_INTERVAL_MS = 5 * 60_000

/** Why work is stopped; given as the abort reason of its signal. */
export type StopReason = 'cancelled' | 'interrupted' | 'taken_over'

export interface Supervision {
  sessionId: string
  /** The task becomes `running` together with its run. */
  taskId?: string
  agent: string
  /** What spoke for this agent. */
  why?: string
  cause: RunCause
  worktree: string
  prompt: string
  /** More of the request than every run has. */
  extra?: Pick<RunRequest, 'resume' | 'schema' | 'interactive'>
  signal: AbortSignal
  /** Keeps the worktree's state; called every five minutes and once at the end. */
  snapshot?: (runId: string, cause: 'interval' | 'run_ended' | 'interrupted') => Promise<void>
  /** What follows from the end, stored together with it. */
  conclude?: (transaction: Transaction, end: RunEnd) => void
}

/** One process from its row to its end: started, listened to, snapshotted, stopped when asked, closed. */
export async function superviseRun(deps: TaskDeps, work: Supervision): Promise<RunEnd> {
  const run = openRun(deps, work)
  const questions = createQuestions(deps, run)
  const handle = deps.runner.start(requestOf(deps, work, run), {
    ...sinkOf(deps, run),
    asked: (question) => questions.put(question, (answer) => handle.answer(question.id, answer)),
    withdrawn: questions.withdraw,
  })
  const stop = () => handle.cancel(work.signal.reason === 'cancelled' ? 'cancelled' : 'interrupted')
  const timer = setInterval(
    () => void keep(deps, work, { runId: run.id, cause: 'interval' }),
    SNAPSHOT_INTERVAL_MS,
  )
  work.signal.addEventListener('abort', stop, { once: true })
  if (work.signal.aborted) stop()
  try {
    const end = await handle.done
    const cause = end.outcome === 'interrupted' ? 'interrupted' : 'run_ended'
    await keep(deps, work, { runId: run.id, cause })
    await noteAgent(deps, run, end)
    closeRun(deps, run, { end, work })
    return end
  } finally {
    deps.access.revoke(run.id)
    clearInterval(timer)
    work.signal.removeEventListener('abort', stop)
  }
}

/** A snapshot that fails loses nothing, since the worktree stays; it must not keep the run from being closed. */
async function keep(
  deps: TaskDeps,
  work: Supervision,
  { runId, cause }: { runId: string; cause: Parameters<NonNullable<Supervision['snapshot']>>[1] },
): Promise<void> {
  try {
    await work.snapshot?.(runId, cause)
  } catch (error) {
    const { sessionId, taskId } = work
    deps.log.error('snapshot failed', { sessionId, taskId, runId, cause, error: String(error) })
  }
}

function requestOf(deps: TaskDeps, work: Supervision, run: Run): RunRequest {
  const mcp = deps.access.grant(run.id)
  return {
    ...about(run),
    agent: work.agent,
    worktree: work.worktree,
    prompt: work.prompt,
    timeoutMs: deps.limits.runTimeoutMinutes * 60_000,
    ...(mcp ? { mcp } : {}),
    ...work.extra,
  }
}

/** The questions of one run that wait for their answers. */
function createQuestions({ permissions, log }: TaskDeps, run: Run) {
  const open = new Map<string, AbortController>()
  const ask = async (question: PermissionQuestion, answer: (given: PermissionAnswer) => void) => {
    const controller = new AbortController()
    open.set(question.id, controller)
    const asked = await permissions.ask(run.id, question, controller.signal)
    open.delete(question.id)
    if (asked.ok) answer(asked.value)
  }
  return {
    put(question: PermissionQuestion, answer: (given: PermissionAnswer) => void) {
      ask(question, answer).catch((error: unknown) => {
        log.error('question not asked', { ...about(run), error: String(error) })
      })
    },
    withdraw: (question: string) => open.get(question)?.abort(),
  }
}

/** What every event of a run says about where it belongs. */
const about = (run: Run) => ({
  sessionId: run.sessionId,
  ...(run.taskId ? { taskId: run.taskId } : {}),
  runId: run.id,
})

function openRun(deps: TaskDeps, work: Supervision): Run {
  const { sessionId, taskId, agent, why, cause, extra } = work
  // What a person does in a conversation belongs to it; nobody reads its name from a terminal.
  const known = extra?.interactive ? extra.resume : undefined
  return deps.events.commit((tables, emit) => {
    const run: Run = {
      id: newRunId(),
      n: tables.runs.nextNumber(),
      sessionId,
      ...(taskId ? { taskId } : {}),
      agent,
      cause,
      state: 'starting',
      startedAt: deps.clock.now(),
      ...(known ? { cliSessionId: known } : {}),
      usage: noUsage,
    }
    tables.runs.insert(run)
    const at = run.startedAt
    if (taskId) moveTaskIn({ tables, emit }, taskId, { to: 'running', set: { agent }, at })
    emit({
      type: 'run.started',
      actor: 'orchestrator',
      ...about(run),
      data: { run, ...(why ? { why } : {}) },
    })
    return run
  })
}

function sinkOf({ events }: TaskDeps, run: Run): Parameters<TaskDeps['runner']['start']>[1] {
  const from = { actor: `run:${run.id}`, ...about(run) }
  return {
    started: (pid) =>
      events.commit((tables) => tables.runs.update(run.id, { pid, state: 'running' })),
    item: (item) =>
      events.commit(
        (_tables, emit) => emit({ type: 'run.output', ...from, data: { item } }),
        'normal',
      ),
    session: (cliSessionId) =>
      events.commit((tables, emit) => {
        tables.runs.update(run.id, { cliSessionId })
        emit({ type: 'run.reported', ...from, data: { cliSessionId } })
      }),
  }
}

/** What the end tells about its agent, before anything is decided on it. */
async function noteAgent(deps: TaskDeps, run: Run, end: RunEnd): Promise<void> {
  // Looking at them tells what changed.
  if (deps.agents.note(run.agent, end)) await deps.agents.list()
}

function closeRun(
  deps: TaskDeps,
  run: Run,
  { end, work }: { end: RunEnd; work: Supervision },
): void {
  const { outcome, exitCode, cliSessionId, usage, raw, transcript, endedAt } = end
  const closing: Partial<Run> = {
    state: 'ended',
    outcome,
    usage,
    raw,
    transcript,
    endedAt,
    ...(end.outcome === 'succeeded' ? {} : { reason: end.reason }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(cliSessionId ? { cliSessionId } : {}),
  }
  deps.events.commit((tables, emit) => {
    withdrawApprovals({ tables, emit }, run.sessionId, ({ runId }) => runId === run.id)
    tables.runs.update(run.id, closing)
    emit({
      type: 'run.ended',
      actor: `run:${run.id}`,
      ...about(run),
      data: { outcome, run: { ...run, ...closing }, leftovers: end.leftovers },
    })
    work.conclude?.({ tables, emit }, end)
  })
}
