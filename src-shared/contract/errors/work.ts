import type { Wording } from './wording.ts'

/** Where tasks and sessions stand, and moves that are not in their tables. */
export const workErrors = {
  illegal_move: {
    what: 'That is not possible in the present state.',
    kept: 'Nothing was changed.',
    next: 'Look at the state again; it may have changed meanwhile.',
  },
  not_found: {
    what: 'There is no such session, task, run or approval.',
    kept: 'Nothing was changed.',
    next: 'Check the id.',
  },
  dependency_failed: {
    what: 'A task that this one needs failed or was cancelled.',
    kept: 'Nothing of this task was started.',
    next: 'Retry or replace the task named; this one goes on by itself.',
  },
  setup_failed: {
    what: 'The worktree’s setup command failed.',
    kept: 'Its output is kept as an artifact; the timeline names it.',
    next: 'See the log, correct `worktree.setup`, then retry.',
  },
  checks_failed: {
    what: 'The checks stayed red after the agent tried to mend them.',
    kept: 'The work is kept on the task’s branch, each log with its evidence.',
    next: 'See the log, then retry, change the prompt, or mend it by hand.',
  },
  merge_conflict: {
    what: 'The task changes the same places as work that was integrated before it.',
    kept: 'Both sides are kept as commits.',
    next: 'Retry the task: it starts again from the integrated state.',
  },
  merged_checks_failed: {
    what: 'The task is green alone, but red together with the work integrated before it.',
    kept: 'Both sides are kept as commits, the log with its evidence.',
    next: 'Retry the task: it starts again from the integrated state.',
  },
  no_agent: {
    what: 'No agent is left that could do the work.',
    kept: 'All work so far is kept.',
    next: 'See `doctor`, make one available, then go on with the session.',
  },
  interrupted: {
    what: 'The session was interrupted.',
    kept: 'All work was kept: agents were stopped and their worktrees snapshotted.',
    next: 'Run the same command again to go on.',
  },
  taken_over: {
    what: 'You work with the agent yourself.',
    kept: 'The conversation and the worktree are as the agent left them.',
    next: 'Hand the run back when the agent should go on by itself.',
  },
  handed_back: {
    what: 'You handed the run back to the agent.',
    kept: 'The conversation and the worktree are as you left them.',
    next: 'Nothing: the agent goes on where you stopped.',
  },
  run_not_live: {
    what: 'The run has ended, or is not one that this can be done with.',
    kept: 'Nothing was changed.',
    next: 'Look at the task again; its newest run is the last in its list.',
  },
  awaiting_approval: {
    what: 'A question waits for your answer.',
    kept: 'All work so far is kept.',
    next: 'Answer it.',
  },
} as const satisfies Record<string, Wording>
