import type { RunErrorCode } from '../../../src-shared/contract/index.ts'
import { printable } from '../../base/index.ts'
import type { AgentEvent, Closing, OutputParser } from '../adapter.ts'
import { explainError } from '../explain.ts'
import { countOf, createLineParser, isObject, type JsonObject, textOf } from '../line-parser.ts'
import { type ClaudeRetries, createClaudeRetries } from './claude-retries.ts'
import { type ClaudeTools, createClaudeTools } from './claude-tools.ts'
import { createTally, readTotal, type Tally } from './claude-usage.ts'

/** What is remembered from one event to the next. */
interface State {
  tools: ClaudeTools
  retries: ClaudeRetries
  tally: Tally
  /** Why its last message stands for no answer of the model, in its own word. */
  error: string
}

// Of its `system` events these say nothing to a reader that another event does not say.
const QUIET = new Set([
  'status',
  'session_state_changed',
  'thinking_tokens',
  'turn_duration',
  'commands_changed',
  'task_started',
  'task_progress',
  'task_updated',
  'task_notification',
  'permission_denied',
  'hook_started',
  'hook_progress',
])

// The last instant that a date can hold (ECMA-262, 21.4.1.1).
const MAX_TIME = 8.64e15

/** Reads `claude -p --output-format stream-json --verbose`: one event a line, closed by `result`. */
export function createClaudeParser(): OutputParser {
  const state: State = {
    tools: createClaudeTools(),
    retries: createClaudeRetries(),
    tally: createTally(),
    error: '',
  }
  let isClosed = false
  return createLineParser({
    event(event) {
      const read = readers.get(textOf(event['type']))
      // The first closing event counts: after a wrong key Claude says more until it is ended.
      const events = read?.(event, state)?.filter(({ type }) => type !== 'closed' || !isClosed)
      isClosed ||= events?.some(({ type }) => type === 'closed') === true
      return events
    },
  })
}

type Reader = (event: JsonObject, state: State) => AgentEvent[] | undefined

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['system', readSystem],
  ['assistant', readAssistant],
  ['user', readUser],
  ['rate_limit_event', readRateLimit],
  ['tool_progress', () => []],
  ['result', readResult],
])

function readSystem(event: JsonObject, { retries }: State): AgentEvent[] | undefined {
  const subtype = textOf(event['subtype'])
  if (subtype === 'init') {
    retries.start(textOf(event['apiKeySource']))
    return [{ type: 'session', id: textOf(event['session_id']) }]
  }
  if (subtype === 'api_retry') return retries.retry(event)
  if (QUIET.has(subtype)) return []
  // Notices: another model answers than was asked for, a limit is near.
  const content = textOf(event['content'])
  return content === '' ? undefined : [warning(content)]
}

function readAssistant(event: JsonObject, state: State): AgentEvent[] {
  const message = isObject(event['message']) ? event['message'] : {}
  state.error = textOf(event['error'])
  if (state.error === '') state.retries.answered()
  const usage = state.tally.add(message)
  return [
    ...blocksOf(event).flatMap((block) => readBlock(block, event, state)),
    ...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]),
  ]
}

function readBlock(block: JsonObject, event: JsonObject, { tools, error }: State): AgentEvent[] {
  switch (block['type']) {
    case 'text': {
      const text = printable(textOf(block['text']))
      if (error !== '') return [warning(text)]
      // What a subordinate agent says is said to Claude, not to the user.
      const isInner = typeof event['parent_tool_use_id'] === 'string'
      return [{ type: 'item', item: { kind: isInner ? 'reasoning' : 'message', text } }]
    }
    case 'thinking': {
      const text = printable(textOf(block['thinking']))
      return text === '' ? [] : [{ type: 'item', item: { kind: 'reasoning', text } }]
    }
    case 'redacted_thinking':
      return []
    case 'tool_use':
      return tools.use(block)
    default:
      return [{ type: 'item', item: { kind: 'raw', text: printable(JSON.stringify(block)) } }]
  }
}

/** Results of tools; what else stands in a message of the user comes from Claude itself. */
function readUser(event: JsonObject, { tools }: State): AgentEvent[] {
  return blocksOf(event).flatMap((block) =>
    block['type'] === 'tool_result' ? tools.result(block) : [],
  )
}

/** Tells of a subscription's limits whenever they change; only a refusal is worth a line. */
function readRateLimit(event: JsonObject): AgentEvent[] {
  const info = isObject(event['rate_limit_info']) ? event['rate_limit_info'] : {}
  if (info['status'] !== 'rejected') return []
  const resets = countOf(info['resetsAt']) * 1000
  const until = resets > 0 && resets < MAX_TIME ? ` until ${new Date(resets).toISOString()}` : ''
  return [warning(`The limit of the subscription is reached${until}.`)]
}

/** `subtype` says "success" of failures, too: `is_error` decides. */
function readResult(event: JsonObject, state: State): AgentEvent[] {
  const closing =
    event['is_error'] === false && event['subtype'] === 'success'
      ? readSuccess(event)
      : readFailure(event, state)
  return [
    { type: 'usage', usage: readTotal(event) },
    { type: 'closed', closing },
  ]
}

/** An answer under a schema stands beside the text. */
function readSuccess(event: JsonObject): Closing {
  const structured = event['structured_output'] ?? undefined
  if (structured !== undefined) return { ok: true, answer: JSON.stringify(structured) }
  return { ok: true, answer: textOf(event['result']) }
}

function readFailure(event: JsonObject, { error }: State): Closing {
  const errors = Array.isArray(event['errors']) ? event['errors'].map(textOf) : []
  const said = [textOf(event['result']), ...errors].filter((text) => text !== '').join('; ')
  const message = printable(said || textOf(event['subtype'])) || 'it gave no reason'
  // A service that had no room three times is told as one more error of the server.
  const code = /overloaded/i.test(message) ? 'rate_limited' : CODES.get(error)
  return { ok: false, code: code ?? explainError(message) ?? 'run_failed', message }
}

/** Its own words for what went wrong with the model service. */
const CODES: ReadonlyMap<string, RunErrorCode> = new Map([
  ['authentication_failed', 'not_signed_in'],
  ['oauth_org_not_allowed', 'not_signed_in'],
  ['rate_limit', 'rate_limited'],
  ['overloaded', 'rate_limited'],
  ['billing_error', 'rate_limited'],
  ['model_not_found', 'run_failed'],
  ['server_error', 'run_failed'],
  ['max_output_tokens', 'run_failed'],
])

function blocksOf(event: JsonObject): JsonObject[] {
  const message = isObject(event['message']) ? event['message'] : {}
  return Array.isArray(message['content']) ? message['content'].filter(isObject) : []
}

const warning = (text: string): AgentEvent => ({
  type: 'item',
  item: { kind: 'warning', text: printable(text) },
})
