import * as z from 'zod'
import { type Alert, alertSchema } from '../../../src-shared/contract/index.ts'
import type { Clock, Log } from '../../base/index.ts'
import type { Events } from '../../events/index.ts'
import type { Finding } from './find-alerts.ts'

/** The alerts that are raised, kept between two processes. */
export interface AlertBook {
  /** Oldest first. */
  open(): readonly Alert[]
  /** Raises what was found and is not raised, clears what is raised and was not found: one transaction. */
  settle(findings: readonly Finding[]): void
}

const KEY = 'alerts.open'

export function createAlertBook(deps: {
  events: Pick<Events, 'read' | 'commit'>
  clock: Clock
  log: Log
}): AlertBook {
  const { events } = deps
  let open = remembered(deps)
  return {
    open: () => open,
    settle(findings) {
      const found = new Set(findings.map(({ id }) => id))
      const known = new Set(open.map(({ id }) => id))
      const at = deps.clock.now()
      const cleared = open.filter(({ id }) => !found.has(id))
      const raised = findings.filter(({ id }) => !known.has(id)).map((one) => ({ ...one, at }))
      if (cleared.length + raised.length === 0) return
      const now = [...open.filter(({ id }) => found.has(id)), ...raised]
      events.commit((tables, emit) => {
        tables.settings.set(KEY, now)
        for (const alert of cleared)
          emit({ type: 'alert.cleared', ...about(alert), data: { alert } })
        for (const alert of raised) emit({ type: 'alert.raised', ...about(alert), data: { alert } })
      }, 'normal')
      open = now
    },
  }
}

const about = ({ sessionId, taskId, runId }: Alert) => ({
  actor: 'orchestrator',
  ...(sessionId === undefined ? {} : { sessionId }),
  ...(taskId === undefined ? {} : { taskId }),
  ...(runId === undefined ? {} : { runId }),
})

function remembered({ events, log }: { events: Pick<Events, 'read'>; log: Log }): readonly Alert[] {
  const stored = z.array(alertSchema).safeParse(events.read.settings.get(KEY) ?? [])
  if (stored.success) return stored.data
  log.warn('alerts of an earlier process are not readable', { problem: stored.error.message })
  return []
}
