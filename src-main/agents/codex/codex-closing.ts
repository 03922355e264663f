import type { RunErrorCode } from '../../../src-shared/contract/index.ts'
import { printable } from '../../base/index.ts'
import type { AgentEvent, Closing } from '../adapter.ts'
import { explainError } from '../explain.ts'
import { isObject, type JsonObject, textOf } from '../line-parser.ts'

/** How a turn ended: its `status`, never the exit code. */
export function readClosing(turn: JsonObject, answer: string | undefined): Closing {
  const { error, status } = turn
  if (status === 'completed') return { ok: true, ...(answer === undefined ? {} : { answer }) }
  if (status === 'interrupted') return failure({ message: 'its turn was interrupted' })
  return failure(isObject(error) ? error : {})
}

/**
 * An `error` between the answers: it tries again, or the end of the turn says the same. A key that is refused is
 * refused the next five times as well, so that is the end.
 */
export function readError({ error, willRetry }: JsonObject): AgentEvent[] {
  if (willRetry !== true) return []
  const given = isObject(error) ? error : {}
  const closing = failure({
    ...given,
    message: textOf(given['additionalDetails']) || given['message'],
  })
  if (closing.code === 'not_signed_in') return [{ type: 'closed', closing }]
  const words = [given['message'], given['additionalDetails']]
    .map(textOf)
    .filter((text) => text !== '')
  return [{ type: 'item', item: { kind: 'warning', text: printable(words.join(': ')) } }]
}

type Failure = Extract<Closing, { ok: false }>

/** A `TurnError`, or the refusal of a request. */
export function failure(error: JsonObject): Failure {
  const message = printable(textOf(error['message'])) || 'it gave no reason'
  const code = meaningOf(error['codexErrorInfo']) ?? explainError(message) ?? 'run_failed'
  return { ok: false, code, message }
}

/** `CodexErrorInfo`: a word, or an object whose only key is one and which may hold the status of the service. */
function meaningOf(info: unknown): RunErrorCode | undefined {
  if (!isObject(info)) return MEANINGS.get(textOf(info))
  const [details] = Object.values(info)
  return isObject(details) ? MEANINGS.get(details['httpStatusCode']) : undefined
}

const MEANINGS: ReadonlyMap<unknown, RunErrorCode> = new Map<unknown, RunErrorCode>([
  ['unauthorized', 'not_signed_in'],
  [401, 'not_signed_in'],
  ['rateLimitExceeded', 'rate_limited'],
  ['usageLimitExceeded', 'rate_limited'],
  [429, 'rate_limited'],
])
