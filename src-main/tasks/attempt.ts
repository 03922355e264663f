import {
  addUsage,
  noUsage,
  type Reason,
  type Run,
  type RunCause,
} from '../../src-shared/contract/index.ts'
import type { RunEnd, RunRequest } from '../agents/index.ts'
import { assertNever } from '../base/index.ts'
import { diff, type FileDiff, type Worktree } from '../git/index.ts'
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
  signal: AbortSignal
}

/**
 * One run of one agent on one task: worktree, prompt, process, snapshot, and where the task goes from there.
 * Until its process is about to start the task stays `queued`, with the reason it is due for; stopped before that
 * it is as if nothing had begun.
 */
export async function attemptTask(deps: TaskDeps, attempt: Attempt): Promise<void> {
  const { place, agent, signal } = attempt
  const { task } = place
  const before = deps.events.read.runs.byTask(task.id)
  const cause = nextCause({ runs: before, ...(task.reason ? { reason: task.reason.code } : {}) })

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
    cause,
    worktree: ready.worktree.dir,
    prompt,
    extra: resumable(before, { cause, agent }),
    signal,
    snapshot: (runId, why) => deps.workspaces.snapshot(current(deps, place), { runId, cause: why }),
    conclude: (transaction, end) =>
      conclude(transaction, { taskId: task.id, end, at: deps.clock.now() }),
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

/** The conversation to go on with: the same agent's last one in a worktree that is kept, and what it used. */
function resumable(
  runs: readonly Run[],
  { cause, agent }: { cause: RunCause; agent: string },
): Pick<RunRequest, 'resume' | 'usedBefore'> {
  const last = runs.at(-1)
  const resume = keepsWorktree(cause) && last?.agent === agent ? last.cliSessionId : undefined
  if (resume === undefined) return {}
  const earlier = runs.filter((run) => run.cliSessionId === resume)
  return { resume, usedBefore: earlier.map((run) => run.usage).reduce(addUsage, noUsage) }
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
    notes: notesFor(cause, { messages: read.messages.byTask(task.id), runs }),
  })
}

/** Whether the run is to mend a red check, or goes on with one that was. */
const mends = (cause: RunCause, runs: readonly Run[]): boolean =>
  cause === 'check_failed' || (cause === 'interrupted' && runs.at(-1)?.cause === 'check_failed')

const lastRed = (deps: TaskDeps, taskId: string) =>
  deps.events.read.evidence.byTask(taskId).findLast((evidence) => evidence.exitCode !== 0)

const patchText = (files: readonly FileDiff[]): string => files.map(filePatch).join('\n')

function filePatch({ path, oldPath = path, hunks = [] }: FileDiff): string {
  const body = hunks.flatMap(({ section, lines }) => [`@@ ${section}`, ...lines])
  return [`--- ${oldPath}`, `+++ ${path}`, ...body].join('\n')
}

/** Where the task goes after its run. Only the CLI's own closing statement makes it `reported`. */
function conclude(
  transaction: Transaction,
  { taskId, end, at }: { taskId: string; end: RunEnd; at: string },
): void {
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
    case 'interrupted': {
      const reason: Reason = { code: 'run_interrupted', message: 'Thalogos was stopped' }
      moveTaskIn(transaction, taskId, { to: 'queued', reason, at })
      return
    }
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
