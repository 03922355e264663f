import type { ErrorCode, ServerFrame } from '../../../src-shared/contract/index.ts'
import { type Failure, type Log, printable } from '../../base/index.ts'
import type { EventFeed, Terminals } from '../port.ts'
import { createAttached } from './attached.ts'
import { parseClientFrame } from './client-frame.ts'
import { pumpEvents } from './event-pump.ts'

/** What is used of a WebSocket. */
export interface Socket {
  send(data: string | Buffer, sent?: (error?: Error) => void): void
  close(code: number, reason: string): void
  terminate(): void
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown
  on(event: 'close', listener: () => void): unknown
}

interface ConnectionDeps {
  socket: Socket
  events: EventFeed
  terminals: Terminals
  since: number
  session?: string | undefined
  maxMissed?: number | undefined
  log: Log
}

// RFC 6455, 7.4.1.
const POLICY_VIOLATION = 1008
// A client of ours sends none; past these it is not one, or is broken.
const MAX_BAD_FRAMES = 20

/** One client of the stream: events to it, terminals both ways, until either side closes. */
export function serveConnection({
  socket,
  session,
  maxMissed,
  log,
  ...deps
}: ConnectionDeps): void {
  let bad = 0
  const say = (frame: ServerFrame) => socket.send(JSON.stringify(frame))
  const attached = createAttached({
    terminals: deps.terminals,
    say,
    send: (frame) => socket.send(frame),
    log,
  })
  const stopEvents = pumpEvents({
    events: deps.events,
    since: deps.since,
    ...(session === undefined ? {} : { sessionId: session }),
    ...(maxMissed === undefined ? {} : { maxMissed }),
    send: (text, sent) =>
      socket.send(text, (error) => {
        // On an error the socket is closing: nothing more is read for it.
        if (!error) sent()
      }),
    onCaughtUp: (seq) => say({ frame: 'caught_up', seq }),
    onLost() {
      log.warn('a client of the stream read nothing and was dropped')
      // Without a word: it would not read that either.
      socket.terminate()
    },
  })
  const refuse = ({ code, message }: Failure<ErrorCode>, run?: string) =>
    say({
      frame: 'refused',
      ...(run === undefined ? {} : { run }),
      code,
      message: printable(message),
    })
  const refuseBad = (failure: Failure<ErrorCode>) => {
    bad += 1
    refuse(failure)
    if (bad > MAX_BAD_FRAMES) socket.close(POLICY_VIOLATION, 'too many bad frames')
  }
  socket.on('message', (data, isBinary) => {
    if (bad > MAX_BAD_FRAMES) return
    if (isBinary) return refuseBad({ code: 'request_invalid', message: 'frames are JSON text' })
    const frame = parseClientFrame(data.toString('utf8'))
    if (!frame.ok) return refuseBad(frame.error)
    const { run, type } = frame.value
    attached.handle(frame.value).then(
      (done) => {
        if (!done.ok) refuse(done.error, run)
      },
      (error: unknown) => {
        log.error('a frame failed', { type, runId: run, error })
        refuse({ code: 'internal', message: 'It failed; the log says why.' }, run)
      },
    )
  })
  socket.on('close', () => {
    stopEvents()
    attached.close()
  })
}
