/**
 * Rules about what is allowed, asked or denied. Pure: from what was configured and decided to an answer.
 * Never asks, never acts, never reads anything itself.
 */
export { permissionSubject, sessionAllowance } from './allowances.ts'
export { moveSubject, reviewState } from './protected-target.ts'
