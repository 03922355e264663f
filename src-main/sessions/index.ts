/**
 * Sessions: one goal on one project, from draft to finalized, with Save and Roll back.
 * The only module that has the user's repository changed, and only through git's Save and Roll back.
 * Every move is in the table of transitions; what was cut off is put in order at start.
 */

export type { RollbackRequest } from './checkpoints/rollback.ts'
export type { SaveRequest } from './checkpoints/save.ts'
export type { SessionRequest } from './create.ts'
export type { SessionDeps } from './deps.ts'
export { createProjects, type Projects } from './projects.ts'
export { createSessions, type Sessions } from './sessions.ts'
