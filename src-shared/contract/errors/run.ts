import type { Wording } from './wording.ts'

const KEPT = 'What it printed and changed is kept.'

/** Why a run did not end with success. */
export const runErrors = {
  command_missing: {
    what: 'The agent’s command was not found or cannot be executed.',
    kept: 'Nothing was changed.',
    next: 'Install it, or correct `command` in the configuration; `doctor` shows what was tried.',
  },
  not_signed_in: {
    what: 'The agent is not signed in, or its key was refused.',
    kept: KEPT,
    next: 'Sign in with the agent’s own command, or give it a key, then retry.',
  },
  rate_limited: {
    what: 'The agent’s model service refused more requests for now.',
    kept: KEPT,
    next: 'Retry later, or with another agent.',
  },
  run_crashed: {
    what: 'The agent ended without saying how its work went.',
    kept: KEPT,
    next: 'See the end of its output; a retry starts afresh.',
  },
  run_failed: {
    what: 'The agent said that it failed.',
    kept: KEPT,
    next: 'See its own words; a retry starts afresh.',
  },
  run_timed_out: {
    what: 'The agent did not end within its time.',
    kept: KEPT,
    next: 'Retry with a smaller task, or raise limits.runTimeoutMinutes.',
  },
  run_cancelled: {
    what: 'The run was cancelled.',
    kept: KEPT,
    next: 'Retry the task when you want it after all.',
  },
  run_interrupted: {
    what: 'Thalogos was stopped while the agent worked.',
    kept: KEPT,
    next: 'Go on with the session; the agent resumes its own conversation where it can.',
  },
  takeover_unsupported: {
    what: 'The agent has no interactive form.',
    kept: 'The run goes on as it was.',
    next: 'Send it a message instead, or cancel it and retry with another agent.',
  },
  no_change: {
    what: 'The agent said it was done and changed nothing.',
    kept: 'Its words are kept; there is no commit.',
    next: 'Retry with a clearer prompt, or cancel the task if nothing was to be done.',
  },
} as const satisfies Record<string, Wording>
