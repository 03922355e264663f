import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import {
  type Dialect,
  type Given,
  INPUT_TOKENS,
  OUTPUT_TOKENS,
  writeEvent,
  writeJson,
} from './dialect.ts'
import type { AnswerStep, ConversationState, FailStep } from './script.ts'

interface Block {
  type?: string
  text?: string
}
interface Message {
  role?: string
  content?: string | Block[]
}

/** Anthropic's Messages API, streamed or whole. */
export const anthropicMessages: Dialect = { readConversation, writeAnswer, failure }

// Claude Code puts notes of its own beside what the user said.
const NOTE = /^\s*<(system-reminder|command-|local-command)/

function readConversation(body: unknown): ConversationState {
  const messages = (body as { messages?: Message[] } | undefined)?.messages ?? []
  const last = messages.findLastIndex((message) => saidBy(message).length > 0)
  const after = messages.slice(last + 1).flatMap(blocksOf)
  const message = messages[last]
  return {
    // What came with it before are notes of the program, too.
    prompt: message === undefined ? '' : (saidBy(message).at(-1) ?? ''),
    answered: after.filter(({ type }) => type === 'tool_result').length,
  }
}

/** The words of the user in a message; what comes with the result of a tool is none. */
function saidBy(message: Message): string[] {
  const blocks = blocksOf(message)
  if (message.role !== 'user' || blocks.some(({ type }) => type === 'tool_result')) return []
  return blocks.flatMap(({ text }) => (text === undefined || NOTE.test(text) ? [] : [text]))
}

const blocksOf = ({ content }: Message): Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])

function writeAnswer(response: ServerResponse, step: AnswerStep, given: Given): void {
  const message = {
    id: `msg_${randomUUID()}`,
    type: 'message',
    role: 'assistant',
    model: (given.body as { model?: string }).model ?? 'scripted',
    stop_sequence: null,
  }
  const taken = 'answer' in step ? answered(step.answer, given.body) : step
  const stop = 'say' in taken ? 'end_turn' : 'tool_use'
  const pieces = [...(step.think === undefined ? [] : [thought(step.think)]), pieceOf(taken)]
  if (given.stream) {
    stream(response, message, { pieces, stop })
    return
  }
  const content = pieces.map(({ whole }) => whole)
  const usage = { input_tokens: INPUT_TOKENS, output_tokens: OUTPUT_TOKENS }
  writeJson(response, 200, { ...message, content, stop_reason: stop, usage })
}

type TakenStep = Exclude<AnswerStep, { answer: unknown }>

// Claude Code asks for an answer under a schema as a call of this tool.
const ANSWER_TOOL = 'StructuredOutput'

function answered(answer: unknown, body: unknown): TakenStep {
  const { tools = [] } = body as { tools?: { name?: string }[] }
  return tools.some(({ name }) => name === ANSWER_TOOL)
    ? { tool: ANSWER_TOOL, input: answer as Record<string, unknown> }
    : { say: JSON.stringify(answer) }
}

/** A content block: as a whole, as it begins in a stream, and what then comes of it. */
interface Piece {
  whole: object
  begin: object
  deltas: object[]
}

const thought = (thinking: string): Piece => ({
  whole: { type: 'thinking', thinking, signature: 'scripted' },
  begin: { type: 'thinking', thinking: '', signature: '' },
  deltas: [
    { type: 'thinking_delta', thinking },
    { type: 'signature_delta', signature: 'scripted' },
  ],
})

function pieceOf(step: TakenStep): Piece {
  if ('say' in step) {
    return {
      whole: { type: 'text', text: step.say },
      begin: { type: 'text', text: '' },
      deltas: [{ type: 'text_delta', text: step.say }],
    }
  }
  const [name, input] =
    'run' in step
      ? ['Bash', { command: step.run, description: 'scripted' }]
      : [step.tool, step.input]
  const call = { type: 'tool_use', id: `toolu_${randomUUID().replaceAll('-', '')}`, name }
  return {
    whole: { ...call, input },
    begin: { ...call, input: {} },
    deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }],
  }
}

function stream(
  response: ServerResponse,
  message: object,
  { pieces, stop }: { pieces: Piece[]; stop: string },
): void {
  const usage = { input_tokens: INPUT_TOKENS, output_tokens: 1 }
  const start = { ...message, content: [], stop_reason: null, usage }
  const events = [
    { type: 'message_start', message: start },
    ...pieces.flatMap(({ begin, deltas }, index) => [
      { type: 'content_block_start', index, content_block: begin },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: stop, stop_sequence: null },
      usage: { output_tokens: OUTPUT_TOKENS },
    },
    { type: 'message_stop' },
  ]
  for (const event of events) writeEvent(response, event, event.type)
  response.end()
}

function failure({ fail, message }: FailStep) {
  const [type, text] = ERRORS[fail] ?? ['api_error', `scripted ${fail}`]
  const error = { type, message: message ?? text }
  return { status: fail, body: { type: 'error', error, request_id: `req_${randomUUID()}` } }
}

/** Status → type, words. */
const ERRORS: Readonly<Record<number, readonly [string, string]>> = {
  400: ['invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'],
  401: ['authentication_error', 'invalid x-api-key'],
  403: ['permission_error', 'Your API key does not have permission to use the resource.'],
  404: ['not_found_error', 'model: scripted'],
  429: ['rate_limit_error', 'This request would exceed your organization’s rate limit.'],
  500: ['api_error', 'Internal server error'],
  529: ['overloaded_error', 'Overloaded'],
}
