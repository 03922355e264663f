import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { printableLine } from '../../base/index.ts'
import type { Tables } from '../../storage/index.ts'
import { thresholds } from './find-alerts.ts'
import type { IntegrationOutcome, SessionHealth } from './health-view.ts'

// Enough of a goal to know it by.
const TITLE_CHARS = 60

/** The sessions in which something was integrated or rolled back, as long as they are not over. */
export interface SessionWatch {
  /** Looks after a session from now on. */
  watch(sessionId: string): void
  take(event: StoredEvent): void
  /** `at` is the present, ISO 8601. */
  health(at: string): SessionHealth[]
}

export function createSessionWatch(
  read: Pick<Tables, 'sessions' | 'tasks' | 'checkpoints'>,
): SessionWatch {
  const integrations = new Map<string, IntegrationOutcome[]>()
  const outcomesOf = (sessionId: string): IntegrationOutcome[] => {
    const known = integrations.get(sessionId) ?? storedOutcomes(read, sessionId)
    integrations.set(sessionId, known)
    return known
  }
  return {
    watch: (sessionId) => void outcomesOf(sessionId),
    take(event) {
      const { sessionId } = event
      if (sessionId === undefined) return
      if (event.type === 'rollback.done') outcomesOf(sessionId)
      if (event.type !== 'task.state_changed' || event.data.from !== 'integrating') return
      const { to } = event.data
      if (to !== 'integrated' && to !== 'conflicted') return
      const isNew = !integrations.has(sessionId)
      const outcomes = outcomesOf(sessionId)
      // What the table says of a session that was not looked after has this one in it.
      if (!isNew) outcomes.push(to)
      if (outcomes.length > thresholds.integrations) outcomes.shift()
    },
    health(at) {
      for (const id of integrations.keys()) {
        if (read.sessions.get(id)?.state === 'finalized') integrations.delete(id)
      }
      return [...integrations].map(([id, outcomes]) => ({
        id,
        goal: printableLine(read.sessions.get(id)?.goal ?? '', TITLE_CHARS),
        integrations: outcomes,
        rollbacks: read.checkpoints
          .list(id)
          .filter(({ restores }) => restores !== undefined)
          .map((checkpoint) => Date.parse(at) - Date.parse(checkpoint.at)),
      }))
    },
  }
}

/** How the last integrations went as far as the tasks still show it: each task's last one. */
function storedOutcomes(read: Pick<Tables, 'tasks'>, sessionId: string): IntegrationOutcome[] {
  return read.tasks
    .bySession(sessionId)
    .filter(({ state, commit }) => state === 'conflicted' || (state === 'integrated' && commit))
    .sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1))
    .map(({ state }) => (state === 'conflicted' ? 'conflicted' : 'integrated'))
    .slice(-thresholds.integrations)
}
