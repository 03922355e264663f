import type { ClientFrame, ServerFrame, TerminalView } from '../../../src-shared/contract/index.ts'
import { createAcknowledger } from '../acknowledge.ts'

/** How a watcher hears of a run's output. Offsets and sizes are bytes of the view. */
export interface Watcher {
  /** What comes next begins at `from`; after a lost connection it goes on where it was. */
  onAttached?(from: number, size: number): void
  /** `parsed` is called when the bytes are on the screen: the gateway sends no more than fits. */
  onBytes(bytes: Uint8Array, parsed: () => void): void
  onEnded?(size: number): void
  onRefused?(message: string): void
}

/** A run that is looked at. */
export interface Attachment {
  input(data: string): void
  resize(cols: number, rows: number): void
  close(): void
}

/** The terminals of one connection after the other. Each run is looked at at most once. */
export interface TerminalLink {
  attach(run: string, at: { view: TerminalView; from: number }, watcher: Watcher): Attachment
  /** A new connection stands: everything is attached anew, from the next byte on. */
  begin(): void
  onFrame(frame: ServerFrame): void
  onBinary(frame: Uint8Array): void
}

interface Watched {
  run: string
  view: TerminalView
  next: number
  watcher: Watcher
  acknowledger: ReturnType<typeof createAcknowledger>
}

// The run's number before its bytes.
const HEAD_BYTES = 4

export function createTerminalLink(send: (frame: ClientFrame) => void): TerminalLink {
  const watched = new Map<string, Watched>()
  const byNumber = new Map<number, Watched>()

  const begin = (one: Watched) => {
    const { run, view } = one
    one.acknowledger = createAcknowledger((bytes) => {
      if (watched.get(run) === one) send({ type: 'ack', run, bytes })
    })
    send({ type: 'attach', run, view, from: one.next })
  }
  const attached = ({ run, n, from, size }: Extract<ServerFrame, { frame: 'attached' }>) => {
    const one = watched.get(run)
    if (!one) return
    byNumber.set(n, one)
    one.next = from
    one.watcher.onAttached?.(from, size)
  }
  const close = (one: Watched) => {
    if (watched.get(one.run) !== one) return
    watched.delete(one.run)
    send({ type: 'detach', run: one.run })
  }
  return {
    attach(run, { view, from }, watcher) {
      const acknowledger = createAcknowledger(() => undefined)
      const one: Watched = { run, view, next: from, watcher, acknowledger }
      watched.set(run, one)
      begin(one)
      return {
        input: (data) => send({ type: 'input', run, data }),
        resize: (cols, rows) => send({ type: 'resize', run, cols, rows }),
        close: () => close(one),
      }
    },
    begin() {
      byNumber.clear()
      for (const one of watched.values()) begin(one)
    },
    onFrame(frame) {
      if (frame.frame === 'attached') attached(frame)
      if (frame.frame === 'ended') watched.get(frame.run)?.watcher.onEnded?.(frame.size)
      if (frame.frame === 'refused' && frame.run !== undefined) {
        watched.get(frame.run)?.watcher.onRefused?.(frame.message)
      }
    },
    onBinary(frame) {
      const number = new DataView(frame.buffer, frame.byteOffset).getUint32(0)
      const one = byNumber.get(number)
      if (!one || watched.get(one.run) !== one) return
      const bytes = frame.subarray(HEAD_BYTES)
      const { acknowledger } = one
      one.next += bytes.length
      one.watcher.onBytes(bytes, () => acknowledger.parsed(bytes.length))
      acknowledger.received(bytes.length)
    },
  }
}
