import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import type { Tables } from '../../storage/index.ts'
import type { AgentHealth } from './health-view.ts'

/** The agents that could be used before, and whether they still are signed in. */
export interface AgentWatch {
  /** An earlier process found it signed out, and nothing said otherwise since. */
  signedOut(agent: string): void
  take(event: StoredEvent): void
  health(): AgentHealth[]
}

interface Known {
  wasUsable: boolean
  signedOut: boolean
}

/** Believes what is found when agents are looked for, and what their runs end with. */
export function createAgentWatch(deps: {
  read: Pick<Tables, 'runs'>
  agentName: (id: string) => string
}): AgentWatch {
  const agents = new Map<string, Known>()
  const wasUsed = (id: string) => deps.read.runs.recent(id, 1).length > 0
  const note = (id: string, now: { usable?: boolean; signedOut: boolean }) => {
    const before = agents.get(id)
    agents.set(id, {
      wasUsable: now.usable === true || (before?.wasUsable ?? wasUsed(id)),
      signedOut: now.signedOut,
    })
  }
  return {
    signedOut: (agent) => agents.set(agent, { wasUsable: true, signedOut: true }),
    take(event) {
      if (event.type === 'agent.changed') {
        const { id, available, reason } = event.data.agent
        note(id, { usable: available, signedOut: reason?.code === 'not_signed_in' })
      }
      if (event.type !== 'run.ended') return
      const { agent, reason, outcome } = event.data.run
      // Any other end may have come before it was asked who it is.
      if (reason?.code === 'not_signed_in') note(agent, { signedOut: true })
      else if (outcome === 'succeeded') note(agent, { usable: true, signedOut: false })
    },
    health: () =>
      [...agents]
        .filter(([, { wasUsable }]) => wasUsable)
        .map(([id, { signedOut }]) => ({ id, name: deps.agentName(id), signedOut })),
  }
}
