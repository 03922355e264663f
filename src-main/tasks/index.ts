/**
 * The tasks of sessions: planned, routed, run, committed, verified, integrated, retried.
 * Decisions (plan, router, retry, prompt, transitions) are pure; effects stand beside them.
 * Every move is in the table of transitions. Never touches the user's repository.
 */
export { createCommandRunner } from './command.ts'
export { createTaskCommands, insertTasks, type TaskCommands } from './commands.ts'
export type { SessionPort, TaskDeps } from './deps.ts'
export { createEngine, type Engine } from './engine.ts'
export { preparePlan, type ReadyPlan, type ReadyTask } from './plan.ts'
export { fallback, type ProposedPlan, proposePlan } from './planner.ts'
export type { Standing } from './router.ts'
export { isUnfinished } from './transitions.ts'
export { createVerifier, type Verdict, type Verifier } from './verify.ts'
export { createWorkspaces, type TaskPlace, type Workspaces } from './workspaces.ts'
