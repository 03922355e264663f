import {
  type ClientFrame,
  type ServerFrame,
  STREAM_PROTOCOL,
  type StoredEvent,
} from '../../../src-shared/contract/index.ts'
import { createTerminalLink, type TerminalLink } from './terminals.ts'

/** What a stream tells. */
export interface StreamListener {
  /** Several at once after a pause; in order, each once. */
  onEvents(events: readonly StoredEvent[]): void
  onOpen(): void
  /** The connection is gone; it is tried again until `close`. */
  onLost(): void
}

/** The live connection to the orchestrator. */
export interface Stream {
  attach: TerminalLink['attach']
  close(): void
}

interface StreamOptions {
  /** `ws://…/api/stream`, without its query. */
  url: string
  token: string
  /** Events up to this one are known. */
  since: number
  listener: StreamListener
  open?: (url: string, protocols: string[]) => WebSocket
}

// At once after a hiccup, and never more than a few seconds after it is back.
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 4_000
// Events of a moment change the screen once: a frame of it takes as long.
const GATHER_MS = 16

export function openStream({ url, token, since, listener, ...rest }: StreamOptions): Stream {
  const { open = (at, protocols) => new WebSocket(at, protocols) } = rest
  let socket: WebSocket | undefined
  let wait = FIRST_WAIT_MS
  let retry: ReturnType<typeof setTimeout> | undefined
  let isClosed = false
  const gather = createGathering(listener.onEvents)
  let newest = since

  const send = (frame: ClientFrame) => {
    // What is said while nobody hears is said again by `begin`, or is a key that nobody can take.
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
  }
  const terminals = createTerminalLink(send)
  const onText = (text: string) => {
    const said = JSON.parse(text) as ServerFrame | StoredEvent
    if ('frame' in said) return terminals.onFrame(said)
    if (said.seq <= newest) return
    newest = said.seq
    gather.add(said)
  }
  const connect = () => {
    const made = open(`${url}?since=${newest}`, [STREAM_PROTOCOL, `bearer.${token}`])
    made.binaryType = 'arraybuffer'
    socket = made
    made.addEventListener('open', () => {
      wait = FIRST_WAIT_MS
      listener.onOpen()
      terminals.begin()
    })
    made.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') onText(data)
      else terminals.onBinary(new Uint8Array(data))
    })
    made.addEventListener('close', () => {
      if (isClosed || socket !== made) return
      listener.onLost()
      retry = setTimeout(connect, wait)
      wait = Math.min(2 * wait, LONGEST_WAIT_MS)
    })
  }
  connect()
  return {
    attach: terminals.attach,
    close() {
      isClosed = true
      clearTimeout(retry)
      gather.close()
      socket?.close()
    },
  }
}

/** Hands on what was added, a moment after the first of it. */
function createGathering(give: (events: readonly StoredEvent[]) => void) {
  let waiting: StoredEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    add(event: StoredEvent) {
      waiting.push(event)
      timer ??= setTimeout(() => {
        const events = waiting
        waiting = []
        timer = undefined
        give(events)
      }, GATHER_MS)
    },
    close: () => clearTimeout(timer),
  }
}
