import {
  type ServerFrame,
  STREAM_PROTOCOL,
  type StoredEvent,
} from '../../../src-shared/contract/index.ts'
import type { Address, EventFeed } from './orchestrator-client.ts'

// A gateway that is still there answers at once; a tunnel takes some seconds to come back.
const RETRY_MS = [50, 200, 500, 1_000, 2_000] as const
// RFC 6455, 7.4.1: the gateway closes. The next one has another token.
const GOING_AWAY = 1001

/** The events of a gateway elsewhere, over its stream; what is cut off is taken up again where it stopped. */
export function remoteFeed(
  address: Address,
  {
    onLost,
    retryMs = RETRY_MS,
  }: { onLost: (why: string) => void; retryMs?: readonly number[] | undefined },
): EventFeed & { close(): void } {
  const open = new Set<() => void>()
  return {
    follow(since, listener) {
      const stop = followStream(address, { since, listener, onLost, retryMs })
      open.add(stop)
      return () => {
        open.delete(stop)
        stop()
      }
    },
    close() {
      for (const stop of open) stop()
      open.clear()
    },
  }
}

interface Following {
  since: number
  listener: (event: StoredEvent) => void
  onLost: (why: string) => void
  retryMs: readonly number[]
}

function followStream(
  { url, token }: Address,
  { since, listener, onLost, retryMs }: Following,
): () => void {
  let heard = since
  let failures = 0
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let socket: WebSocket

  const take = (text: string) => {
    const message = JSON.parse(text) as StoredEvent | ServerFrame
    if ('frame' in message || message.seq <= heard) return
    heard = message.seq
    listener(message)
  }
  const again = (code: number) => {
    if (isClosed) return
    const delay = code === GOING_AWAY ? undefined : retryMs[failures]
    if (delay === undefined) return onLost(`${url} does not answer any more`)
    failures += 1
    timer = setTimeout(connect, delay)
  }
  const connect = () => {
    const to = new URL(`/api/stream?since=${heard}`, url)
    to.protocol = 'ws:'
    socket = new WebSocket(to, [STREAM_PROTOCOL, `bearer.${token}`])
    socket.onopen = () => {
      failures = 0
    }
    socket.onmessage = ({ data }) => {
      if (!isClosed && typeof data === 'string') take(data)
    }
    // An error is followed by the close, which says all there is to say.
    socket.onclose = ({ code }) => again(code)
  }
  connect()
  return () => {
    isClosed = true
    clearTimeout(timer)
    socket.close()
  }
}
