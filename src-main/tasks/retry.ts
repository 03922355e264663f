import type {
  ErrorCode,
  Message,
  Run,
  RunCause,
  RunOutcome,
} from '../../src-shared/contract/index.ts'
import { isAbsence } from '../agents/index.ts'

// A third repair or a fourth agent has never been worth its cost: by then the prompt or the plan is at fault.
const MAX_RETRIES = 2

/** What is known of a task when its next run is planned. */
export interface RetryView {
  /** Why the task is where it is; kept on the task while it waits for the retry. */
  reason?: ErrorCode
  runs: readonly Pick<Run, 'cause' | 'agent' | 'outcome' | 'cliSessionId' | 'reason'>[]
}

/**
 * Why the next run happens, derived from where the task came from. A human who asks leaves no reason; any other
 * reason than the two known ones is the agent's or its surroundings' failure, which is bounded by `mayReplace`.
 */
export function nextCause({ reason, runs }: RetryView): RunCause {
  if (runs.length === 0) return 'first'
  switch (reason) {
    case undefined:
      return 'asked'
    case 'checks_failed':
      return 'check_failed'
    case 'run_interrupted':
      return 'interrupted'
    // Taken over, and Thalogos ended before the person was done: the agent goes on as well.
    case 'taken_over':
    case 'handed_back':
      return 'handed_back'
    default:
      return 'agent_failed'
  }
}

/** Red checks: the same worktree again with the log, unless that was tried often enough. */
export const mayRepair = (runs: RetryView['runs']): boolean =>
  sinceAsked(runs).filter((run) => run.cause === 'check_failed').length < MAX_RETRIES

/**
 * The agent's own failure: afresh with another agent, unless that was tried often enough. That an agent could not
 * be had at all is nobody's try.
 */
export const mayReplace = (runs: RetryView['runs']): boolean => failures(runs).length <= MAX_RETRIES

const AGENT_FAILURES: ReadonlySet<RunOutcome | undefined> = new Set([
  'failed',
  'crashed',
  'timed_out',
])

/** Agents that failed at the task since a human last asked for it. */
export const failedAgents = (runs: RetryView['runs']): string[] => [
  ...new Set(failures(runs).map((run) => run.agent)),
]

const failures = (runs: RetryView['runs']): RetryView['runs'] =>
  sinceAsked(runs).filter((run) => AGENT_FAILURES.has(run.outcome) && !isAbsence(run.reason))

/** Whether the run goes on in the worktree of the one before it. */
export const keepsWorktree = (cause: RunCause): boolean =>
  cause === 'check_failed' ||
  cause === 'interrupted' ||
  cause === 'taken_over' ||
  cause === 'handed_back'

/** A human who asks again starts the count afresh. */
function sinceAsked(runs: RetryView['runs']): RetryView['runs'] {
  const last = runs.findLastIndex((run) => run.cause === 'asked')
  return last < 0 ? runs : runs.slice(last)
}

/**
 * What the user told the task's agent: their messages since the last run of what was asked for before. An agent
 * that takes over or goes on gets them again, since its prompt is written anew.
 */
export function notesFor(
  cause: RunCause,
  {
    messages,
    runs,
  }: {
    messages: readonly Pick<Message, 'author' | 'text' | 'at'>[]
    runs: readonly Pick<Run, 'cause' | 'startedAt'>[]
  },
): string[] {
  const asked = cause === 'asked' ? runs.length : runs.findLastIndex((run) => run.cause === 'asked')
  const since = runs[asked - 1]?.startedAt ?? ''
  return messages
    .filter(({ author, at }) => author === 'user' && at >= since)
    .map(({ text }) => text)
}
