import type { ClientFrame, ErrorCode, ServerFrame } from '../../../src-shared/contract/index.ts'
import { assertNever, type Failure, fail, type Log, ok, type Result } from '../../base/index.ts'
import type { TerminalSource, Terminals } from '../port.ts'
import { beginOf } from '../rest/bytes.ts'
import { TerminalView } from './terminal-view.ts'

interface AttachedDeps {
  terminals: Terminals
  say(frame: ServerFrame): void
  send(frame: Buffer): void
  log: Log
}

type Attach = Extract<ClientFrame, { type: 'attach' }>
type Outcome = Result<void, Failure<ErrorCode>>

// More panes than anybody looks at; each may have 100,000 bytes on their way.
const MAX_VIEWS = 256

/** The terminals that one client looks at: each run at most once, in the view it asked for last. */
export interface Attached {
  /** Carries a frame out, or says why not. */
  handle(frame: ClientFrame): Promise<Outcome>
  close(): void
}

export function createAttached({ terminals, say, send, log }: AttachedDeps): Attached {
  // An entry stands from the request on, so that a detach meanwhile is known when the source is open.
  const entries = new Map<string, { view?: TerminalView }>()

  const detach = (run: string) => {
    entries.get(run)?.view?.close()
    entries.delete(run)
  }
  const show = (frame: Attach, source: TerminalSource): TerminalView => {
    const { run, view } = frame
    const size = source.size()
    const from = beginOf(frame.from, size)
    say({ frame: 'attached', run, n: source.n, view, from, size })
    return new TerminalView({
      source,
      from,
      send,
      onEnd(total) {
        entries.delete(run)
        say({ frame: 'ended', run, size: total })
      },
      onFault(error) {
        entries.delete(run)
        log.error('a terminal could not be read', { runId: run, error })
        say({ frame: 'refused', run, code: 'internal', message: 'The output cannot be read.' })
      },
    })
  }
  const attach = async (frame: Attach): Promise<Outcome> => {
    detach(frame.run)
    if (entries.size >= MAX_VIEWS) return fail('request_invalid', 'too many terminals at once')
    const entry: { view?: TerminalView } = {}
    entries.set(frame.run, entry)
    const opened = await terminals.open(frame.run, frame.view)
    const isWanted = entries.get(frame.run) === entry
    if (!opened.ok) {
      if (isWanted) entries.delete(frame.run)
      return isWanted ? opened : ok(undefined)
    }
    if (isWanted) entry.view = show(frame, opened.value)
    else opened.value.close()
    return ok(undefined)
  }

  return {
    async handle(frame) {
      switch (frame.type) {
        case 'attach':
          return await attach(frame)
        case 'detach':
          detach(frame.run)
          return ok(undefined)
        case 'ack':
          // Of a view that ended or was replaced meanwhile it says nothing any more.
          entries.get(frame.run)?.view?.ack(frame.bytes)
          return ok(undefined)
        case 'input':
          return terminals.input(frame.run, frame.data)
        case 'resize':
          return terminals.resize(frame.run, frame.cols, frame.rows)
        default:
          return assertNever(frame)
      }
    },
    close() {
      for (const run of [...entries.keys()]) detach(run)
    },
  }
}
