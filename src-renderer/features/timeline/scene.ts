import type { Model, RunMark, TimeMark } from './model.ts'
import { toX, type View } from './scale.ts'

export interface Size {
  width: number
  height: number
}

/** Runs that are drawn as one bar: one run, or those that are too narrow to be told apart. */
export interface Bar {
  x: number
  width: number
  y: number
  height: number
  agent: string
  isLive: boolean
  isBad: boolean
  runs: readonly RunMark[]
}

/** Marks of a moment that are drawn as one sign. */
export interface Sign {
  kind: 'green' | 'red' | 'merge' | 'conflict' | 'checkpoint'
  x: number
  y: number
  marks: readonly TimeMark[]
}

/** The way of a task's work from its lane into the integration. */
export interface Flow {
  agent: string
  from: { x: number; y: number }
  to: { x: number; y: number }
}

export interface Scene {
  bars: readonly Bar[]
  signs: readonly Sign[]
  flows: readonly Flow[]
}

/** Where the lanes are: the middle of each, the last of them the integration. */
export interface Lanes {
  /** Of an agent's lane. */
  height: number
  top: number
  integration: number
  total: number
}

const TOP_PX = 14
const TALLEST_LANE_PX = 26
// Below this a bar could not be hit (WCAG 2.5.8 asks for 24, which marks in a row of time are excused from).
const LOWEST_LANE_PX = 18
const INTEGRATION_PX = 30
export const AXIS_PX = 20
// A bar narrower than this is joined with its neighbour.
const NARROWEST_PX = 2
// Signs nearer than this would lie on each other.
const SIGN_PX = 9
const GAP_PX = 5

export function lanesOf(agents: number, height: number): Lanes {
  const free = (height - TOP_PX - INTEGRATION_PX - AXIS_PX) / Math.max(1, agents)
  const lane = Math.max(LOWEST_LANE_PX, Math.min(TALLEST_LANE_PX, free))
  const below = TOP_PX + agents * lane
  const integration = below + INTEGRATION_PX / 2
  return {
    height: lane,
    top: TOP_PX,
    integration,
    total: Math.max(height, below + INTEGRATION_PX + AXIS_PX),
  }
}

export const laneMiddle = (lanes: Lanes, lane: number, agents: number): number =>
  lane >= agents ? lanes.integration : lanes.top + (lane + 0.5) * lanes.height

/** What of the model is in sight, ready to be drawn: never more of it than the width has room for. Pure. */
export function sceneOf(model: Model, view: View, { now, width, lanes }: Drawn): Scene {
  const agents = model.agents.length
  const x = (at: number) => toX(view, at, width)
  const bars = new Map<string, Bar[]>()
  const signs = new Map<string, Sign[]>()
  const flows: Flow[] = []
  for (const mark of model.marks) {
    if (!isInSight(mark, view, now)) continue
    if (mark.kind === 'run') {
      const sides = { from: x(mark.at), to: x(mark.end ?? now) }
      const row = bars.get(`${mark.lane}.${mark.row}`) ?? []
      bars.set(`${mark.lane}.${mark.row}`, joinBars(row, barOf(mark, sides, { model, lanes })))
      continue
    }
    const y = laneMiddle(lanes, mark.lane, agents)
    if (mark.kind === 'merge' && mark.from) {
      const from = { x: x(mark.from.at), y: laneMiddle(lanes, mark.from.lane, agents) }
      flows.push({ agent: model.agents[mark.from.lane] ?? '', from, to: { x: x(mark.at), y } })
    }
    const kind = kindOf(mark)
    const known = signs.get(`${kind}.${mark.lane}`) ?? []
    signs.set(`${kind}.${mark.lane}`, joinSigns(known, { kind, x: x(mark.at), y, marks: [mark] }))
  }
  return { bars: [...bars.values()].flat(), signs: [...signs.values()].flat(), flows }
}

function isInSight(mark: TimeMark, view: View, now: number): boolean {
  const end = mark.kind === 'run' ? (mark.end ?? now) : mark.at
  const start = mark.kind === 'merge' ? (mark.from?.at ?? mark.at) : mark.at
  return end >= view.from && start <= view.to
}

/** Adds a bar, or lets the last one grow over it where both are too narrow to be told apart. */
function joinBars(bars: Bar[], bar: Bar): Bar[] {
  const last = bars.at(-1)
  const isNarrow = last && bar.width < NARROWEST_PX && last.width < NARROWEST_PX
  if (!last || !isNarrow || bar.x - last.x - last.width >= NARROWEST_PX) {
    bars.push(bar)
    return bars
  }
  bars[bars.length - 1] = {
    ...last,
    width: bar.x + bar.width - last.x,
    isLive: last.isLive || bar.isLive,
    isBad: last.isBad || bar.isBad,
    runs: [...last.runs, ...bar.runs],
  }
  return bars
}

function joinSigns(signs: Sign[], sign: Sign): Sign[] {
  const last = signs.at(-1)
  if (!last || sign.x - last.x >= SIGN_PX) signs.push(sign)
  else signs[signs.length - 1] = { ...last, marks: [...last.marks, ...sign.marks] }
  return signs
}

export interface Drawn {
  now: number
  width: number
  lanes: Lanes
}

function kindOf(mark: Exclude<TimeMark, RunMark>): Sign['kind'] {
  if (mark.kind !== 'check') return mark.kind
  return mark.isGreen ? 'green' : 'red'
}

function barOf(
  run: RunMark,
  { from, to }: { from: number; to: number },
  { model, lanes }: { model: Model; lanes: Lanes },
): Bar {
  const rows = model.rows[run.lane] ?? 1
  const height = (lanes.height - GAP_PX) / rows
  return {
    x: from,
    width: to - from,
    y: lanes.top + run.lane * lanes.height + GAP_PX / 2 + run.row * height,
    height: Math.max(NARROWEST_PX, height - (rows > 1 ? 1 : 0)),
    agent: run.agent,
    isLive: run.end === undefined,
    isBad: run.outcome !== undefined && run.outcome !== 'succeeded',
    runs: [run],
  }
}
