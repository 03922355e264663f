/** What is in sight, in milliseconds. */
export interface View {
  from: number
  to: number
}

// Less than this between the edges tells nothing: a second is then wider than a hand.
const SHORTEST_MS = 5_000
// A session that has just begun has this much room for what comes.
const FIRST_SPAN_MS = 60_000
// The whole is drawn anew only when it has outgrown its room by so much, not every second.
const GROWTH = 1.25
// Of the whole, free at the right of now.
const ROOM = 1.04

/** All of a session with some room for what comes; grows by steps, so that it stands still between them. */
export function fitted(start: number, now: number): View {
  const needed = Math.max(0, now - start) * ROOM
  let span = FIRST_SPAN_MS
  while (span < needed) span *= GROWTH
  return { from: start - span / 50, to: start + span }
}

/** `factor` below 1 comes nearer; what is at `around` stays where it is. */
export function zoomed(view: View, factor: number, around: number): View {
  const span = view.to - view.from
  const next = Math.max(SHORTEST_MS, span * factor)
  const part = (around - view.from) / span
  const from = around - part * next
  return { from, to: from + next }
}

export const panned = ({ from, to }: View, ms: number): View => ({ from: from + ms, to: to + ms })

/** Moved no further than until something of `start` to `end` is in sight at the edge. */
export function within(view: View, start: number, end: number): View {
  const span = view.to - view.from
  const least = span / 10
  if (view.to < start + least) return panned(view, start + least - view.to)
  if (view.from > end - least) return panned(view, end - least - view.from)
  return view
}

export const toX = (view: View, at: number, width: number): number =>
  ((at - view.from) / (view.to - view.from)) * width

export const toTime = (view: View, x: number, width: number): number =>
  view.from + (x / Math.max(1, width)) * (view.to - view.from)

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
// Steps that people count time in.
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 365].map((n) => n * DAY),
]
// Between two labels, in pixels: the longest of them and some air.
const LABEL_PX = 110

/** The times that the axis names; `offset` is what local time is ahead of UTC, in milliseconds. */
export function axis(view: View, width: number, offset: number): { step: number; at: number[] } {
  const span = view.to - view.from
  const least = (span / Math.max(1, width)) * LABEL_PX
  const step = STEPS.find((one) => one >= least) ?? 365 * DAY
  const at: number[] = []
  const first = Math.ceil((view.from + offset) / step) * step - offset
  for (let time = first; time <= view.to && at.length < width; time += step) at.push(time)
  return { step, at }
}

/** As exact as the step between labels asks for. */
export function axisLabel(at: number, step: number): string {
  const date = new Date(at)
  if (step >= DAY) return date.toLocaleDateString([], { day: 'numeric', month: 'short' })
  return date.toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    ...(step < MINUTE ? { second: '2-digit' } : {}),
  })
}
