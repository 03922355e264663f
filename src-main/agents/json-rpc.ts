import type { AgentEvent } from './adapter.ts'
import { isObject, type JsonObject, textOf } from './line-parser.ts'

/** A request's id as the other side chose it: zero and the empty text are ids like any other. */
export type RpcId = number | string

/** What came back for a request of ours. */
export type Reply = { ok: true; result: JsonObject } | { ok: false; code: number; message: string }

/** Our requests: each knows what is done with its answer. JSON-RPC 2.0, one message a line. */
export interface Calls {
  /** The event that sends a request. */
  call(method: string, params: JsonObject, then: (reply: Reply) => AgentEvent[]): AgentEvent
  /** Undefined when it answers nothing that is open. */
  take(response: JsonObject): AgentEvent[] | undefined
}

export function createCalls(): Calls {
  const open = new Map<unknown, (reply: Reply) => AgentEvent[]>()
  let last = 0
  return {
    call(method, params, then) {
      last += 1
      open.set(last, then)
      return message({ id: last, method, params })
    },
    take(response) {
      const then = open.get(response['id'])
      open.delete(response['id'])
      return then?.(replyOf(response))
    },
  }
}

export const notify = (method: string): AgentEvent => message({ method })

export const respond = (id: RpcId, result: JsonObject): AgentEvent => message({ id, result })

/** JSON-RPC 2.0, 5.1: the method does not exist or is not available. */
const METHOD_NOT_FOUND = -32_601

export const refuse = (id: RpcId, method: string): AgentEvent =>
  message({ id, error: { code: METHOD_NOT_FOUND, message: `"${method}" is not offered` } })

export const isRpcId = (id: unknown): id is RpcId =>
  typeof id === 'number' || typeof id === 'string'

const message = (body: JsonObject): AgentEvent => ({
  type: 'send',
  text: `${JSON.stringify({ jsonrpc: '2.0', ...body })}\n`,
})

function replyOf(response: JsonObject): Reply {
  const { error, result } = response
  if (!isObject(error)) return { ok: true, result: isObject(result) ? result : {} }
  const code = typeof error['code'] === 'number' ? error['code'] : 0
  const details = isObject(error['data']) ? textOf(error['data']['details']) : ''
  return { ok: false, code, message: innermost(details || textOf(error['message'])) }
}

// A service's answer inside the CLI's error inside the protocol's: more layers were not seen.
const MAX_LAYERS = 4

/** The words inside: what a service answered arrives as JSON in the message, wrapped once or more. */
function innermost(text: string, layers = MAX_LAYERS): string {
  if (layers === 0 || !text.trimStart().startsWith('{')) return text
  try {
    const value: unknown = JSON.parse(text)
    const error = isObject(value) && isObject(value['error']) ? value['error'] : value
    const words = isObject(error) ? textOf(error['message']) : ''
    return words === '' ? text : innermost(words, layers - 1)
  } catch {
    // Not JSON after all, or cut off: the text says what it can.
    return text
  }
}
