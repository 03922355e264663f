import type { Alert, Session } from '../../src-shared/contract/index.ts'

/** How many tasks have an agent or a check at work, and how many wait for one. */
export function loadOf({ tasks }: Session): { running: number; queued: number } {
  const BUSY = ['running', 'reported', 'verifying', 'integrating']
  return {
    running: tasks.filter(({ state }) => BUSY.includes(state)).length,
    queued: tasks.filter(({ state }) => state === 'queued' || state === 'blocked').length,
  }
}

/** Newest first. */
export const alertsShown = (alerts: Readonly<Record<string, Alert>>): Alert[] =>
  Object.values(alerts).toSorted((a, b) => b.at.localeCompare(a.at))
