import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import type { Agent } from '../../../src-shared/contract/index.ts'
import { call, useIsLive, useProjection, world } from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { toast } from '../../ui/toast.tsx'
import { Card } from './card.tsx'
import { howToGet } from './how-to-get.ts'

/** Which agents there are, and what to do about those that cannot be used. */
export function AgentList() {
  const agents = useProjection((state) => state.agents)
  const isLive = useIsLive()
  const [isLooking, setLooking] = useState(false)
  const look = async () => {
    setLooking(true)
    const found = await call('listAgents', { refresh: 'true' })
    setLooking(false)
    if (!found.ok) return toast(found.error.message, { tone: 'bad' })
    const { projection } = world.getState()
    const all = Object.fromEntries(found.value.map((agent) => [agent.id, agent]))
    world.setState({ projection: { ...projection, agents: all } })
  }
  return (
    <Card
      title="Agents"
      action={
        <IconButton
          label={isLooking ? 'Looking …' : 'Look again'}
          icon={RefreshCw}
          disabled={!isLive || isLooking}
          onClick={() => void look()}
        />
      }
    >
      <ul className="flex flex-col gap-3">
        {Object.values(agents)
          .filter(({ onRequest }) => !onRequest)
          .map((agent) => (
            <Row key={agent.id} agent={agent} />
          ))}
      </ul>
    </Card>
  )
}

function Row({ agent }: { agent: Agent }) {
  const { id, available, version, path } = agent
  return (
    <li>
      <div className="flex items-baseline justify-between gap-2">
        <span className="min-w-0 font-medium">
          <AgentMark agent={id} />
        </span>
        {available ? (
          <Mark tone="good" glyph="✓" word="ready" />
        ) : (
          <Mark tone="wait" glyph="!" word="not usable" />
        )}
      </div>
      <p className="text-small text-soft wrap-anywhere">
        {available ? [version, path].filter(Boolean).join(' · ') : whyNot(agent)}
      </p>
      {!available && howToGet(agent) !== undefined && (
        <pre className="mt-1 overflow-x-auto rounded bg-ground px-2 py-1 font-mono text-code">
          {howToGet(agent)}
        </pre>
      )}
    </li>
  )
}

/** Without the order that stands below it. */
const whyNot = (agent: Agent): string =>
  howToGet(agent) === undefined
    ? (agent.reason?.message ?? 'It cannot be used.')
    : agent.path === undefined
      ? 'It is not installed. To install it:'
      : 'It is not signed in. To sign in:'
