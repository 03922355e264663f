import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import type { Projection } from './projection.ts'

/** What belongs to no single session or task: agents, questions, alerts. Pure. */
export function applyGround(state: Projection, event: StoredEvent): Projection {
  switch (event.type) {
    case 'agent.changed':
      return { ...state, agents: put(state.agents, event.data.agent) }
    case 'approval.requested':
    case 'approval.decided':
      return { ...state, approvals: put(state.approvals, event.data.approval) }
    case 'alert.raised':
      return { ...state, alerts: put(state.alerts, event.data.alert) }
    case 'alert.cleared': {
      const { [event.data.alert.id]: _gone, ...alerts } = state.alerts
      return { ...state, alerts }
    }
    default:
      return state
  }
}

const put = <T extends { id: string }>(all: Readonly<Record<string, T>>, one: T) => ({
  ...all,
  [one.id]: one,
})
