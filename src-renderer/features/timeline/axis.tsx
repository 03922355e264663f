import { axis, axisLabel, toX, type View } from './scale.ts'
import { AXIS_PX } from './scene.ts'

const MINUTE_MS = 60_000

interface AxisProps {
  view: View
  width: number
  height: number
}

/** The times below the lanes. */
export function Axis({ view, width, height }: AxisProps) {
  const { step, at } = axis(view, width, -new Date(view.from).getTimezoneOffset() * MINUTE_MS)
  return at.map((time) => (
    <g key={time} transform={`translate(${toX(view, time, width)} 0)`}>
      <line y1={0} y2={height - AXIS_PX} className="stroke-line" />
      <text x={4} y={height - 6} className="fill-soft text-tiny">
        {axisLabel(time, step)}
      </text>
    </g>
  ))
}
