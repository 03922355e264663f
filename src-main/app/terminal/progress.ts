import type { Session, StoredEvent } from '../../../src-shared/contract/index.ts'
import type { EventFeed } from '../orchestrator-port.ts'
import { eventLine } from './event-line.ts'
import type { Screen } from './screen.ts'
import { sessionLines } from './session-view.ts'

/** Shows a session while it works; ends with nothing of it left in the way. */
export interface Progress {
  /** Takes the live lines away while something else speaks. */
  pause(): void
  resume(): void
  close(): void
}

interface ProgressDeps {
  events: EventFeed
  session: () => Session | undefined
  sessionId: string
  screen: Screen
}

// Ten pictures a second look alive and cost nothing; more would only flicker.
const FRAME_MS = 100
// Elapsed times move on without any event.
const TICK_MS = 1_000

/** A picture drawn over again in place, for a terminal. */
export function createLiveProgress({ events, session, sessionId, screen }: ProgressDeps): Progress {
  let paused = false
  let frame: NodeJS.Timeout | undefined
  const draw = () => {
    frame = undefined
    const now = paused ? undefined : session()
    if (!now) return
    const space = { now: Date.now(), columns: screen.columns(), rows: screen.rows() }
    screen.draw(sessionLines(now, space, screen.paint))
  }
  const schedule = () => {
    frame ??= setTimeout(draw, FRAME_MS)
  }
  const stop = events.subscribe((event) => {
    if (event.sessionId === sessionId) schedule()
  })
  const tick = setInterval(schedule, TICK_MS)
  draw()
  const hide = () => {
    paused = true
    clearTimeout(frame)
    frame = undefined
    screen.clear()
  }
  return {
    pause: hide,
    resume() {
      paused = false
      draw()
    },
    close() {
      stop()
      clearInterval(tick)
      hide()
    },
  }
}

/** A line for each thing that happens, for a pipe. */
export function createPlainProgress({
  events,
  session,
  sessionId,
  screen,
}: ProgressDeps): Progress {
  const keyOf = (taskId: string) => session()?.tasks.find(({ id }) => id === taskId)?.key
  const stop = events.subscribe((event) => {
    if (event.sessionId !== sessionId) return
    const line = eventLine(event, keyOf)
    if (line !== undefined) screen.line(line)
  })
  return { pause: () => undefined, resume: () => undefined, close: stop }
}

/**
 * The event stream for a program: one JSON object a line. It starts before the session has an id, so
 * what is heard until then waits; other sessions' events are left out.
 */
export function createJsonStream(events: EventFeed, screen: Screen) {
  let sessionId: string | undefined
  let waiting: StoredEvent[] = []
  const print = (event: StoredEvent) => {
    if (event.sessionId === undefined || event.sessionId === sessionId) {
      screen.line(JSON.stringify(event))
    }
  }
  const stop = events.subscribe((event) => {
    if (sessionId === undefined) waiting.push(event)
    else print(event)
  })
  return {
    follow(id: string): void {
      sessionId = id
      for (const event of waiting) print(event)
      waiting = []
    },
    close: stop,
  }
}
