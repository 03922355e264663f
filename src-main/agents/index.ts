/**
 * Agents and their runs: adapters (descriptor, probe, launch plan, parser) and the runner that owns
 * the processes, on terminals and pipes, through the launcher.
 * Invariants: bytes are in the raw log before anything is made of them; the CLI's own closing event
 * decides, never its exit code; no secret and no prompt stands in an argument; after the end of a run
 * none of its processes is left. Never writes into the worktree or into a CLI's own settings.
 */

export type { PermissionAnswer, PermissionQuestion } from './adapter.ts'
export { type Agents, createAgents } from './agents.ts'
export { allowedAgents } from './allowed-agents.ts'
export { isAbsence, isAbsenceCode } from './availability.ts'
export { inheritedEnvironment } from './environment.ts'
export type { RunHealth } from './run/run-health.ts'
export { type LogView, openLog } from './run/run-log.ts'
export type { RunEnd, RunRequest } from './run-request.ts'
export { createRunTokens, type RunTokens } from './run-tokens.ts'
export { createRunner, type Remains, type RunHandle, type Runner } from './runner.ts'
