import { printable } from '../../base/index.ts'
import type { AgentEvent, Closing, LaunchInput, OutputParser } from '../adapter.ts'
import { explainError } from '../explain.ts'
import { createCalls, isRpcId, refuse } from '../json-rpc.ts'
import { countOf, createLineParser, isObject, type JsonObject, textOf } from '../line-parser.ts'
import { createOpening, type Refusal } from './acp-opening.ts'
import { createQuestions } from './acp-questions.ts'
import { createTurn } from './acp-turn.ts'

/**
 * One prompt over the Agent Client Protocol (agentclientprotocol.com, version 1) as Gemini CLI speaks it:
 * a session is opened, the prompt sent, what is asked answered; closed by the prompt's `stopReason`.
 */
export function createAcpParser(input: LaunchInput): OutputParser {
  const calls = createCalls()
  const turn = createTurn(input.worktree)
  const questions = createQuestions({ worktree: input.worktree, decided: turn.decided })
  let session: string | undefined

  const close = (readClosing: () => Closing): AgentEvent[] => {
    const said = turn.flush()
    return [...said, { type: 'closed', closing: readClosing() }]
  }
  const failed = (refusal: Refusal) => close(() => readRefusal(refusal))
  const opening = createOpening({
    input,
    calls,
    failed,
    ready: ({ sessionId, conversation }) => {
      session = conversation
      const prompt = [{ type: 'text', text: asWords(input.prompt) }]
      return [
        calls.call('session/prompt', { sessionId, prompt }, (reply) =>
          reply.ok
            ? [...readUsage(reply.result), ...close(() => readStop(reply.result, turn.answer))]
            : failed(reply),
        ),
      ]
    },
  })
  // Only what the model has begun to answer can be gone on with later.
  const tellSession = (): AgentEvent[] => {
    if (session === undefined) return []
    const id = session
    session = undefined
    return [{ type: 'session', id }]
  }
  const request = (method: string, message: JsonObject): AgentEvent[] | undefined => {
    const id = message['id']
    const params = isObject(message['params']) ? message['params'] : {}
    if (isRpcId(id)) {
      if (method !== 'session/request_permission') return [refuse(id, method)]
      return [...tellSession(), ...turn.flush(), ...questions.ask(id, params)]
    }
    if (method !== 'session/update') return undefined
    const update = isObject(params['update']) ? params['update'] : {}
    if (opening.isRetelling || ASIDE.has(textOf(update['sessionUpdate']))) return []
    const events = turn.update(update)
    return events && [...tellSession(), ...events]
  }
  return {
    begin: opening.begin,
    answer: questions.answer,
    ...createLineParser({
      isEvent: (object) => object['jsonrpc'] === '2.0',
      event: (message) => {
        const method = message['method']
        return typeof method === 'string' ? request(method, message) : calls.take(message)
      },
      end: turn.flush,
    }),
  }
}

// What a person could type, and what a person said: neither is its work.
const ASIDE: ReadonlySet<string> = new Set(['available_commands_update', 'user_message_chunk'])

/**
 * The text of a prompt is taken for a command of the CLI (`/extensions install …`, `$memory …`) when it
 * begins like one.
 */
const asWords = (prompt: string): string =>
  /^\s*[/$]/.test(prompt) ? `The task:\n${prompt}` : prompt

/**
 * The counts of this prompt alone, all its requests together. Gemini counts neither its thoughts nor the
 * request by which it chooses a model, and tells nothing after an error. No cost is told.
 */
function readUsage(result: JsonObject): AgentEvent[] {
  const meta = isObject(result['_meta']) ? result['_meta'] : {}
  const quota = isObject(meta['quota']) ? meta['quota'] : {}
  const counts = quota['token_count']
  if (!isObject(counts)) return []
  const inputTokens = Math.round(countOf(counts['input_tokens']))
  const outputTokens = Math.round(countOf(counts['output_tokens']))
  return [{ type: 'usage', usage: { inputTokens, outputTokens, costUsd: 0 } }]
}

const STOPS: Readonly<Record<string, string>> = {
  refusal: 'it refused to go on',
  max_tokens: 'the conversation no longer fits into what the model can read',
  max_turn_requests: 'it took too many turns, or went in circles',
  cancelled: 'it was cancelled',
}

/**
 * `end_turn` alone is no success: an answer that was blocked, cut off or malformed ends the turn the same
 * way, only without words.
 */
function readStop(result: JsonObject, answer: string | undefined): Closing {
  const reason = textOf(result['stopReason'])
  if (reason === 'end_turn' && answer !== undefined) return { ok: true, answer }
  const message =
    reason === 'end_turn'
      ? 'the model’s last answer was empty, blocked or cut off'
      : (STOPS[reason] ?? `it stopped: ${printable(reason) || 'no reason given'}`)
  return { ok: false, code: 'run_failed', message }
}

// The protocol's own code for "authentication required"; others are those of HTTP or of JSON-RPC.
const AUTH_REQUIRED = -32_000

function readRefusal({ code, message }: Refusal): Closing {
  const words = printable(message) || `error ${code}`
  const meaning =
    code === AUTH_REQUIRED || code === 401 ? 'not_signed_in' : explainError(`${code} ${words}`)
  return { ok: false, code: meaning ?? 'run_failed', message: words }
}
