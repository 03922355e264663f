import { memo } from 'react'
import type { Session } from '../../../src-shared/contract/index.ts'
import { agentLook } from '../../ui/agent-mark.tsx'
import { Axis } from './axis.tsx'
import { BarButton } from './bar-button.tsx'
import type { Model } from './model.ts'
import type { View } from './scale.ts'
import { type Drawn, type Flow, sceneOf } from './scene.ts'
import { SignButton } from './sign-button.tsx'

interface DrawingProps {
  model: Model
  view: View
  drawn: Drawn
  session: Session
}

/** The lanes with everything in sight; what can be opened is a button. */
export const Drawing = memo(function Drawing({ model, view, drawn, session }: DrawingProps) {
  const { width, lanes } = drawn
  const { bars, signs, flows } = sceneOf(model, view, drawn)
  return (
    <div className="relative" style={{ height: lanes.total, width }}>
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
        {flows.map((flow) => (
          <path
            key={`${flow.from.x} ${flow.to.x} ${flow.from.y}`}
            d={curve(flow)}
            className={`fill-none stroke-current opacity-60 ${agentLook(flow.agent).className}`}
          />
        ))}
      </svg>
      {bars.map((bar) => (
        <BarButton key={bar.runs[0]?.id} bar={bar} titles={model.titles} now={drawn.now} />
      ))}
      {signs.map((sign) => (
        <SignButton key={sign.marks[0]?.id} sign={sign} titles={model.titles} session={session} />
      ))}
    </div>
  )
})

/** From the end of a run down into the integration. */
function curve({ from, to }: Flow): string {
  const middle = (from.x + to.x) / 2
  return `M ${from.x} ${from.y} C ${middle} ${from.y}, ${middle} ${to.y}, ${to.x} ${to.y}`
}
