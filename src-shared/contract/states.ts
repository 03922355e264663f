/** States and outcomes as closed lists; the moves between them are tables in src-main. */
export const sessionStates = [
  'draft',
  'active',
  'awaiting_review',
  'suspended',
  'finalized',
] as const
export type SessionState = (typeof sessionStates)[number]

export const taskStates = [
  'planned',
  'blocked',
  'queued',
  'running',
  'reported',
  'verifying',
  'verified',
  'integrating',
  'integrated',
  'conflicted',
  'failed',
  'cancelled',
] as const
export type TaskState = (typeof taskStates)[number]

export const runStates = ['starting', 'running', 'ended'] as const
export type RunState = (typeof runStates)[number]

/**
 * How a run ended, judged by the CLI's own closing event and never by its exit code.
 * `crashed`: it ended without one. `interrupted`: Thalogos itself was stopped.
 */
export const runOutcomes = [
  'succeeded',
  'failed',
  'crashed',
  'timed_out',
  'cancelled',
  'interrupted',
] as const
export type RunOutcome = (typeof runOutcomes)[number]

/**
 * Why a run was started; retries are counted from these, not from a counter of their own.
 * `taken_over`: opened for a person at a terminal. `handed_back`: goes on by itself after that.
 */
export const runCauses = [
  'first',
  'check_failed',
  'agent_failed',
  'interrupted',
  'asked',
  'taken_over',
  'handed_back',
] as const
export type RunCause = (typeof runCauses)[number]

export const taskKinds = ['implement', 'test', 'fix', 'refactor', 'document', 'review'] as const
export type TaskKind = (typeof taskKinds)[number]
