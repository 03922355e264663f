import { noUsage, type OutputItem, type Usage } from '../../../src-shared/contract/index.ts'
import { assertNever } from '../../base/index.ts'
import type { Closing, PermissionQuestion } from '../adapter.ts'
import type { RunEvent } from './dialogue.ts'

/** What a run has said so far. */
export interface RunLedger {
  take(event: RunEvent): void
  readonly closing: Closing | undefined
  readonly usage: Usage
  readonly session: string | undefined
  /** It waits for a person. */
  readonly isWaiting: boolean
}

export interface LedgerSink {
  item(item: OutputItem): void
  session(cliSessionId: string): void
  /** To be written to its standard input. */
  send(text: string): void
  asked(question: PermissionQuestion): void
  withdrawn(question: string): void
  /** The closing event came. */
  closed(): void
}

// Events are rows of a database that lives for years: a program that prints without end must not fill
// it. Past this the transcript and the raw log go on alone.
const MAX_ITEMS = 10_000
// One row holds what a reader looks at; a command's whole output is in the raw log.
const ITEM_CHARS = 16_384
// A plan of a thousand tasks fits. It stands in a row that every look at the session reads.
const ANSWER_CHARS = 256 * 1024

/** Adds events up, and passes items on within bounds. The first closing event counts. */
export function createRunLedger(sink: LedgerSink): RunLedger {
  let closing: Closing | undefined
  let usage: Usage = noUsage
  let session: string | undefined
  let items = 0
  const open = new Set<string>()

  const takeItem = (item: OutputItem) => {
    items += 1
    if (items <= MAX_ITEMS) sink.item(shorten(item))
    if (items === MAX_ITEMS + 1) {
      sink.item({ kind: 'warning', text: 'There is more output; it is in the transcript only.' })
    }
  }
  return {
    take(event) {
      switch (event.type) {
        case 'item':
          takeItem(event.item)
          return
        case 'session':
          if (event.id !== '' && event.id !== session) {
            session = event.id
            sink.session(event.id)
          }
          return
        case 'usage':
          usage = event.usage
          return
        case 'closed':
          closing ??= bounded(event.closing)
          sink.closed()
          return
        case 'send':
          sink.send(event.text)
          return
        case 'asked':
          open.add(event.question.id)
          sink.asked(event.question)
          return
        case 'answered':
          open.delete(event.question)
          return
        case 'withdrawn':
          open.delete(event.question)
          sink.withdrawn(event.question)
          return
        default:
          assertNever(event)
      }
    },
    get closing() {
      return closing
    },
    get usage() {
      return usage
    },
    get session() {
      return session
    },
    get isWaiting() {
      return open.size > 0
    },
  }
}

function bounded(closing: Closing): Closing {
  if (!closing.ok || closing.answer === undefined) return closing
  return { ok: true, answer: closing.answer.slice(0, ANSWER_CHARS) }
}

function shorten(item: OutputItem): OutputItem {
  const short = Object.entries(item).map(([key, value]) =>
    typeof value === 'string' && value.length > ITEM_CHARS
      ? [key, `${value.slice(0, ITEM_CHARS)}… (${value.length - ITEM_CHARS} characters more)`]
      : [key, value],
  )
  return Object.fromEntries(short) as OutputItem
}
