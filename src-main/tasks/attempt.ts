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
import { keepsWorktree, mayReplace, nextCause } from './retry.ts'
import { type StopReason, superviseRun } from './supervise.ts'
import { moveTask } from './task-moves.ts'
import type { TaskPlace } from './workspaces.ts'

export interface Attempt {
  place: TaskPlace
  agent: string
  signal: AbortSignal
  /** A word from the user for this run alone. */
  note?: string
}

/** One run of one agent on one task: worktree, prompt, process, snapshot, and where the task goes from there. */
export async function attemptTask(deps: TaskDeps, attempt: Attempt): Promise<void> {
  const { place, agent, signal } = attempt
  const { task } = place
  const before = deps.events.read.runs.byTask(task.id)
  const cause = nextCause({ runs: before, ...(task.reason ? { reason: task.reason.code } : {}) })
  moveTask(deps, task.id, { to: 'running', set: { agent } })

  const ready = await readyWorktree(deps, attempt, cause)
  if (signal.aborted) return leave(deps, task.id, signal.reason)
  if ('reason' in ready) {
    moveTask(deps, task.id, { to: 'failed', reason: ready.reason })
    return
  }
  const end = await superviseRun(deps, {
    sessionId: place.session.id,
    taskId: task.id,
    agent,
    cause,
    worktree: ready.worktree.dir,
    prompt: await promptFor(deps, attempt, cause),
    extra: resumable(before, { cause, agent }),
    signal,
    snapshot: (runId, why) => deps.workspaces.snapshot(current(deps, place), { runId, cause: why }),
  })
  conclude(deps, task.id, end)
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

async function promptFor(
  deps: TaskDeps,
  { place, note }: Attempt,
  cause: RunCause,
): Promise<string> {
  const { task, session, mirror } = place
  const red = mends(cause, deps.events.read.runs.byTask(task.id))
    ? lastRed(deps, task.id)
    : undefined
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
    ...(unmerged && task.base
      ? {
          earlier: {
            why: 'it was not integrated',
            patch: patchText(await diff(mirror, { from: task.base, to: unmerged })),
          },
        }
      : {}),
    ...(note ? { note } : {}),
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
function conclude(deps: TaskDeps, taskId: string, end: RunEnd): void {
  switch (end.outcome) {
    case 'succeeded':
      moveTask(deps, taskId, { to: 'reported', set: { summary: end.answer ?? '' } })
      return
    case 'cancelled':
    case 'interrupted':
      leave(deps, taskId, end.outcome)
      return
    case 'failed':
    case 'crashed':
    case 'timed_out': {
      const reason = end.reason ?? { code: 'run_failed', message: 'no reason was given' }
      const again = mayReplace(deps.events.read.runs.byTask(taskId))
      moveTask(deps, taskId, { to: again ? 'queued' : 'failed', reason })
      return
    }
    default:
      assertNever(end.outcome)
  }
}

/** A run that was stopped: for good, or to go on later. */
function leave(deps: TaskDeps, taskId: string, why: StopReason): void {
  if (why === 'interrupted') {
    const reason: Reason = { code: 'run_interrupted', message: 'Thalogos was stopped' }
    moveTask(deps, taskId, { to: 'queued', reason })
  } else {
    const reason: Reason = { code: 'run_cancelled', message: 'cancelled by the user' }
    moveTask(deps, taskId, { to: 'cancelled', reason, actor: 'user' })
  }
}
