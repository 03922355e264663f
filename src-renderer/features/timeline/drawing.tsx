import { memo } from 'react'
import type { Session } from '../../../src-shared/contract/index.ts'
import { agentLook } from '../../ui/agent-mark.tsx'
import { Axis } from './axis.tsx'
import type { Model } from './model.ts'
import { MomentSign } from './moment-sign.tsx'
import { RunBar } from './run-bar.tsx'
import type { View } from './scale.ts'
import { type Drawn, type Flow, sceneOf } from './scene.ts'

interface DrawingProps {
  model: Model
  view: View
  drawn: Drawn
  session: Session
}

/** The lanes with everything in sight, for the pointer; the playhead tells and opens the same by keyboard. */
export const Drawing = memo(function Drawing({ model, view, drawn, session }: DrawingProps) {
  const { width, lanes } = drawn
  const { bars, signs, flows } = sceneOf(model, view, drawn)
  return (
    <div aria-hidden className="relative" style={{ height: lanes.total, width }}>
      <svg aria-hidden width={width} height={lanes.total} className="absolute inset-0">
        <Axis view={view} width={width} height={lanes.total} />
        <line
          x1={0}
          x2={width}
          y1={lanes.integration}
          y2={lanes.integration}
          className="stroke-edge"
          strokeWidth={2}
        />
        {[...new Set(flows.map(({ agent }) => agent))].map((agent) => (
          <path
            key={agent}
            d={flows
              .filter((flow) => flow.agent === agent)
              .map(curve)
              .join(' ')}
            className={`fill-none stroke-current opacity-60 ${agentLook(agent).className}`}
          />
        ))}
      </svg>
      {bars.map((bar) => (
        <RunBar key={bar.runs[0]?.id} bar={bar} titles={model.titles} now={drawn.now} />
      ))}
      {signs.map((sign) => (
        <MomentSign key={sign.marks[0]?.id} sign={sign} titles={model.titles} session={session} />
      ))}
    </div>
  )
})

/** From the end of a run down into the integration. */
function curve({ from, to }: Flow): string {
  const middle = (from.x + to.x) / 2
  return `M ${from.x} ${from.y} C ${middle} ${from.y}, ${middle} ${to.y}, ${to.x} ${to.y}`
}
