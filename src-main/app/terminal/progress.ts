import type { Session, StoredEvent } from '../../../src-shared/contract/index.ts'
import type { EventHub } from '../client/event-hub.ts'
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
  hub: Pick<EventHub, 'listen'>
  /** As it is now; `read` gives it as it is later. */
  session: Session
  read: () => Promise<Session | undefined>
  screen: Screen
}

// Ten pictures a second look alive and cost nothing; more would only flicker.
const FRAME_MS = 100
// Elapsed times move on without any event.
const TICK_MS = 1_000

/** A picture drawn over again in place, for a terminal. */
export function createLiveProgress({ hub, session, read, screen }: ProgressDeps): Progress {
  let known = session
  let isStale = false
  let isPaused = false
  let frame: NodeJS.Timeout | undefined
  const draw = () => {
    if (isPaused) return
    const space = { now: Date.now(), columns: screen.columns(), rows: screen.rows() }
    screen.draw(sessionLines(known, space, screen.paint))
  }
  const refresh = async () => {
    if (isStale) {
      isStale = false
      known = (await read()) ?? known
    }
    frame = undefined
    draw()
    if (isStale) schedule()
  }
  const schedule = () => {
    // What fails here is a bug, and shows as one.
    frame ??= setTimeout(() => void refresh(), FRAME_MS)
  }
  const stop = hub.listen((event) => {
    if (event.sessionId !== session.id) return
    isStale = true
    schedule()
  })
  const tick = setInterval(schedule, TICK_MS)
  draw()
  const hide = () => {
    isPaused = true
    screen.clear()
  }
  return {
    pause: hide,
    resume() {
      isPaused = false
      draw()
    },
    close() {
      stop()
      clearInterval(tick)
      clearTimeout(frame)
      hide()
    },
  }
}

/** A line for each thing that happens, for a pipe. */
export function createPlainProgress({ hub, session, screen }: ProgressDeps): Progress {
  const keys = new Map(session.tasks.map(({ id, key }) => [id, key]))
  const stop = hub.listen((event) => {
    if (event.sessionId !== session.id) return
    if (event.type === 'task.created' && event.taskId) keys.set(event.taskId, event.data.key)
    const line = eventLine(event, (taskId) => keys.get(taskId))
    if (line !== undefined) screen.line(line)
  })
  return { pause: () => undefined, resume: () => undefined, close: stop }
}

/**
 * The event stream for a program: one JSON object a line. It starts before the session has an id, so
 * what is heard until then waits; other sessions' events are left out.
 */
export function createJsonStream(hub: Pick<EventHub, 'listen'>, screen: Screen) {
  let sessionId: string | undefined
  let waiting: StoredEvent[] = []
  const print = (event: StoredEvent) => {
    if (event.sessionId === undefined || event.sessionId === sessionId) {
      screen.line(JSON.stringify(event))
    }
  }
  const stop = hub.listen((event) => {
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
