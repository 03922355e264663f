import { type PointerEvent, useRef } from 'react'
import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { focus, runCommand, useFocus } from '../../base/index.ts'
import { toTime, toX, type View } from './scale.ts'

interface PlayheadProps {
  history: readonly StoredEvent[]
  view: View
  width: number
  height: number
  /** The moment that is shown, in milliseconds. */
  at: number
  /** Keys that move the view; true when it was one. */
  onKey(key: string): boolean
}

/** The moment that is shown: dragged back, or moved event by event with the arrows; at the right end it is now. */
export function Playhead({ history, view, width, height, at, onKey }: PlayheadProps) {
  const playhead = useFocus((state) => state.playhead)
  const isDragging = useRef(false)
  const last = history.length - 1
  const index = playhead === undefined ? last : history.findLastIndex(({ seq }) => seq <= playhead)
  const go = (to: number) => {
    const event = history[Math.max(0, to)]
    focus.playhead(event === undefined || to >= last ? undefined : event.seq)
  }
  const goTo = (event: PointerEvent) => {
    const box = event.currentTarget.parentElement?.getBoundingClientRect()
    const time = toTime(view, event.clientX - (box?.left ?? 0), width)
    go(history.findLastIndex((one) => Date.parse(one.at) <= time))
  }
  const STEPS: Readonly<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    PageUp: index - PAGE,
    PageDown: index + PAGE,
    Home: 0,
    End: last,
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label="The moment that is shown"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={index}
      aria-valuetext={`${playhead === undefined ? 'now' : new Date(at).toLocaleTimeString()}, ${wordOf(history[index])}`}
      onKeyDown={(event) => {
        const to = STEPS[event.key]
        if (event.key === 'Enter') openEvent(history[index])
        else if (to !== undefined) go(to)
        else if (!onKey(event.key)) return
        event.preventDefault()
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        isDragging.current = true
      }}
      onPointerMove={(event) => isDragging.current && goTo(event)}
      onPointerUp={() => {
        isDragging.current = false
      }}
      style={{ left: toX(view, at, width), height }}
      className="absolute top-0 z-20 -ml-3 w-6 cursor-ew-resize before:absolute before:inset-y-0 before:left-3 before:w-px before:bg-action after:absolute after:top-0 after:left-1.5 after:size-3 after:rounded-full after:bg-action"
    />
  )
}

/** What the event is called, as `check.started`: "check started". */
const wordOf = (event: StoredEvent | undefined): string =>
  event?.type.replaceAll(/[._]/g, ' ') ?? 'nothing happened yet'

/** Opens what the event is about. */
function openEvent(event: StoredEvent | undefined): void {
  if (event?.type === 'checkpoint.saved' || event?.type === 'rollback.done') {
    runCommand('session.rollback', event.data.checkpoint.n)
  } else if (event?.runId !== undefined) focus.run(event.runId, event.taskId)
  else if (event?.taskId !== undefined) focus.task(event.taskId)
}

// As many events as a glance leaps over.
const PAGE = 20
