import { AgentMark } from '../../ui/agent-mark.tsx'
import { type Lanes, laneMiddle } from './scene.ts'

/** Whose lane is which. */
export const LaneNames = ({ agents, lanes }: { agents: readonly string[]; lanes: Lanes }) => (
  <ul className="relative w-32 shrink-0 overflow-hidden border-r text-small">
    {agents.map((agent, lane) => (
      <li
        key={agent}
        className="absolute inset-x-2 flex -translate-y-1/2"
        style={{ top: laneMiddle(lanes, lane, agents.length) }}
      >
        <AgentMark agent={agent} />
      </li>
    ))}
    <li
      className="absolute inset-x-2 -translate-y-1/2 text-soft"
      style={{ top: lanes.integration }}
    >
      integration
    </li>
  </ul>
)
