/**
 * The tasks of sessions: planned, routed, run, committed, verified, integrated, retried.
 * Decisions (plan, router, retry, prompt, transitions) are pure; effects stand beside them.
 * Every move is in the table of transitions. Never touches the user's repository.
 */

export type { SessionPort, TaskDeps } from './deps.ts'
export type { Integration, IntegrationPlace, IntegrationStep } from './integration.ts'
export type { ReadyPlan } from './plan.ts'
export type { ProposedPlan } from './planner.ts'
export type { Standing } from './router.ts'
export type { Transaction } from './task-moves.ts'
export { createTasks, type Tasks } from './tasks.ts'
export { type CommandRunner, createCommandRunner } from './verify/command.ts'
export { createVerifier, type Verdict, type Verifier } from './verify/verifier.ts'
export { createWorkspaces, type Workspaces } from './workspaces.ts'
