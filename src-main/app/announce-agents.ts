import * as z from 'zod'
import { type Agent, agentSchema } from '../../src-shared/contract/index.ts'
import type { Agents } from '../agents/index.ts'
import type { Log } from '../base/index.ts'
import type { Events } from '../events/index.ts'

// What the last look found, so that a change between two processes is told, too.
const KEY = 'agents.found'

/**
 * The same agents; what a look finds otherwise than the look before is told as `agent.changed`. The first look
 * in a data folder changes nothing.
 */
export function announceAgents(
  agents: Agents,
  { events, log }: { events: Pick<Events, 'read' | 'commit'>; log: Log },
): Agents {
  let told: readonly Agent[] | undefined
  const tell = (found: readonly Agent[]) => {
    const before = told ?? stored(events)
    told = found
    const known = new Map(before.map((agent) => [agent.id, textOf(agent)]))
    const changed = found.filter((agent) => known.get(agent.id) !== textOf(agent))
    if (changed.length === 0) return
    events.commit((tables, emit) => {
      tables.settings.set(KEY, found)
      if (before.length === 0) return
      for (const agent of changed) {
        emit({ type: 'agent.changed', actor: 'orchestrator', data: { agent } })
      }
    })
  }
  return {
    ...agents,
    async list(options) {
      const found = await agents.list(options)
      try {
        if (found !== told) tell(found)
      } catch (error) {
        // Whoever asked what there is must hear it, also when nothing can be stored.
        log.error('a change of agents was not told', { error })
      }
      return found
    },
  }
}

/** In the order of the schema, whoever made it. */
const textOf = (agent: Agent): string => JSON.stringify(agentSchema.parse(agent))

/** Those that cannot be read were found by another version: as if nobody had looked. */
function stored({ read }: Pick<Events, 'read'>): Agent[] {
  const found = z.array(agentSchema).safeParse(read.settings.get(KEY))
  return found.success ? found.data : []
}
