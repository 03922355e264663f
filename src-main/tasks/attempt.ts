import type { Message, Reason, Run, RunCause } from '../../src-shared/contract/index.ts'
import type { RunEnd, RunRequest } from '../agents/index.ts'
import { assertNever } from '../base/index.ts'
import { diff, type FileDiff, type Worktree } from '../git/index.ts'
import type { TaskRow } from '../storage/index.ts'
import type { TaskDeps } from './deps.ts'
import { composePrompt } from './prompt.ts'
import { keepsWorktree, mayReplace, nextCause, notesFor } from './retry.ts'
import { superviseRun } from './supervise.ts'
import { moveTask, moveTaskIn, type Transaction } from './task-moves.ts'
import type { TaskPlace } from './workspaces.ts'

// What an agent says at its end is a page; all of it is in the transcript, and this is in every view of the task.
const MAX_SUMMARY = 16_000

export interface Attempt {
  place: TaskPlace
  agent: string
  /** What spoke for this agent. */
  why?: string
  /** Opened for a person on a terminal of that size. */
  interactive?: { cols: number; rows: number }
  signal: AbortSignal
}

/**
 * One run of one agent on one task: worktree, prompt, process, snapshot, and where the task goes from there.
 * Until its process is about to start the task stays `queued`, with the reason it is due for; stopped before that
 * it is as if nothing had begun.
 */
export async function attemptTask(deps: TaskDeps, attempt: Attempt): Promise<void> {
  const { place, agent, interactive, signal } = attempt
  const { task } = place
  const before = deps.events.read.runs.byTask(task.id)
  const cause = interactive
    ? 'taken_over'
    : nextCause({ runs: before, ...(task.reason ? { reason: task.reason.code } : {}) })

  const ready = await readyWorktree(deps, attempt, cause)
  if (signal.aborted) return
  if ('reason' in ready) {
    moveTask(deps, task.id, { to: 'failed', reason: ready.reason })
    return
  }
  const prompt = await promptFor(deps, place, cause)
  if (signal.aborted) return
  await superviseRun(deps, {
    sessionId: place.session.id,
    taskId: task.id,
    agent,
    ...(attempt.why ? { why: attempt.why } : {}),
    cause,
    worktree: ready.worktree.dir,
    prompt,
    extra: { ...resumable(before, { cause, agent }), ...(interactive ? { interactive } : {}) },
    signal,
    snapshot: (runId, why) => deps.workspaces.snapshot(current(deps, place), { runId, cause: why }),
    conclude: (transaction, end) =>
      conclude(transaction, {
        taskId: task.id,
        end,
        why: whyQueued(attempt),
        at: deps.clock.now(),
      }),
  })
}

/** The place with the task's row as it is now: a fresh worktree has changed its base. */
function current(deps: TaskDeps, place: TaskPlace): TaskPlace {
  return { ...place, task: deps.events.read.tasks.get(place.task.id) ?? place.task }
}

async function readyWorktree(
  deps: TaskDeps,
  { place, signal }: Attempt,
  cause: RunCause,
): Promise<{ worktree: Worktree } | { reason: Reason }> {
  const kept = keepsWorktree(cause) ? deps.workspaces.existing(place) : undefined
  if (kept) return { worktree: kept }
  const made = await deps.workspaces.fresh(place, signal)
  return made.ok ? { worktree: made.value } : { reason: made.error }
}

/** The conversation to go on with: the same agent's last one in a worktree that is kept. */
function resumable(
  runs: readonly Run[],
  { cause, agent }: { cause: RunCause; agent: string },
): Pick<RunRequest, 'resume'> {
  const last = runs.at(-1)
  const resume = keepsWorktree(cause) && last?.agent === agent ? last.cliSessionId : undefined
  return resume === undefined ? {} : { resume }
}

async function promptFor(deps: TaskDeps, place: TaskPlace, cause: RunCause): Promise<string> {
  const { task, session, mirror } = place
  const { read } = deps.events
  const runs = read.runs.byTask(task.id)
  const red = mends(cause, runs) ? lastRed(deps, task.id) : undefined
  const log = red && (await deps.artifacts.read(red.log))
  const unmerged = cause === 'asked' ? task.commit : undefined
  return composePrompt({
    goal: session.goal,
    title: task.title,
    prompt: task.prompt,
    files: task.files,
    checks: session.trusted ? session.projectConfig.checks : [],
    cause,
    ...(red
      ? { failedCheck: { name: red.check, command: red.command, log: log?.toString('utf8') ?? '' } }
      : {}),
    ...(unmerged
      ? {
          earlier: {
            why: 'it was not integrated',
            patch: patchText(await diff(mirror, { from: `${unmerged}^`, to: unmerged })),
          },
        }
      : {}),
    notes: notesFor(cause, { messages: messagesFor(deps, task), runs }),
  })
}

/** Words about the task, and those to all agents but the goal itself, which every prompt has. */
const messagesFor = (deps: TaskDeps, { id, sessionId }: TaskRow): Message[] =>
  deps.events.read.messages
    .list(sessionId)
    .filter(({ taskId }, index) => taskId === id || (taskId === undefined && index > 0))

/** Whether the run is to mend a red check, or goes on with one that was. */
const mends = (cause: RunCause, runs: readonly Run[]): boolean =>
  cause === 'check_failed' ||
  ((cause === 'interrupted' || cause === 'handed_back') &&
    runs.findLast((run) => run.cause !== 'taken_over')?.cause === 'check_failed')

const lastRed = (deps: TaskDeps, taskId: string) =>
  deps.events.read.evidence.byTask(taskId).findLast((evidence) => evidence.exitCode !== 0)

const patchText = (files: readonly FileDiff[]): string => files.map(filePatch).join('\n')

function filePatch({ path, oldPath = path, hunks = [] }: FileDiff): string {
  const body = hunks.flatMap(({ section, lines }) => [`@@ ${section}`, ...lines])
  return [`--- ${oldPath}`, `+++ ${path}`, ...body].join('\n')
}

/** What a task waits for again when its run was not ended by the agent. */
function whyQueued({ interactive, signal }: Attempt): Reason {
  if (signal.reason === 'taken_over') {
    return { code: 'taken_over', message: 'you took the run over' }
  }
  if (interactive && !signal.aborted) {
    return { code: 'handed_back', message: 'you handed the run back' }
  }
  return { code: 'run_interrupted', message: 'Thalogos was stopped' }
}

/** Where the task goes after its run. Only the CLI's own closing statement makes it `reported`. */
function conclude(
  transaction: Transaction,
  { taskId, end, why, at }: { taskId: string; end: RunEnd; why: Reason; at: string },
): void {
  if (why.code === 'handed_back' && end.outcome !== 'cancelled') {
    moveTaskIn(transaction, taskId, { to: 'queued', reason: why, at })
    return
  }
  switch (end.outcome) {
    case 'succeeded':
      moveTaskIn(transaction, taskId, {
        to: 'reported',
        set: { summary: end.answer?.slice(0, MAX_SUMMARY) ?? '' },
        at,
      })
      return
    case 'cancelled':
      // Whoever cancels moves the task, with all that belongs to it.
      return
    case 'interrupted':
      moveTaskIn(transaction, taskId, { to: 'queued', reason: why, at })
      return
    case 'failed':
    case 'crashed':
    case 'timed_out': {
      const again = mayReplace(transaction.tables.runs.byTask(taskId))
      moveTaskIn(transaction, taskId, { to: again ? 'queued' : 'failed', reason: end.reason, at })
      return
    }
    default:
      assertNever(end)
  }
}
