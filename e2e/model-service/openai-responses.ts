import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Dialect, INPUT_TOKENS, OUTPUT_TOKENS, writeEvent } from './dialect.ts'
import type { AnswerStep, ConversationState, FailStep } from './script.ts'

interface InputItem {
  type?: string
  role?: string
  content?: string | { text?: string }[]
}

/** OpenAI's Responses API, always streamed. */
export const openaiResponses: Dialect = { readConversation, writeAnswer, failure }

function readConversation(body: unknown): ConversationState {
  const given = (body as { input?: string | InputItem[] } | undefined)?.input ?? []
  const input = typeof given === 'string' ? [{ role: 'user', content: given }] : given
  const last = input.findLastIndex((item) => item.role === 'user')
  const after = input.slice(last + 1)
  return {
    prompt: last < 0 ? '' : textOf(input[last]?.content),
    answered: after.filter((item) => item.type?.endsWith('_call_output') === true).length,
  }
}

function textOf(content: InputItem['content']): string {
  if (typeof content === 'string') return content
  return (content ?? []).map((part) => part.text ?? '').join('\n')
}

function writeAnswer(response: ServerResponse, step: AnswerStep): void {
  const id = `resp_${randomUUID()}`
  const items = [...(step.think === undefined ? [] : [reasoning(step.think)]), itemOf(step)]
  const events = [
    { type: 'response.created', response: { id } },
    ...items.map((item, index) => ({
      type: 'response.output_item.done',
      output_index: index,
      item,
    })),
    { type: 'response.completed', response: { id, usage: USAGE } },
  ]
  for (const event of events) writeEvent(response, event, event.type)
  response.end()
}

const USAGE = {
  input_tokens: INPUT_TOKENS,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: OUTPUT_TOKENS,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
}

const reasoning = (text: string) => ({
  type: 'reasoning',
  id: `rs_${randomUUID()}`,
  summary: [{ type: 'summary_text', text }],
})

function itemOf(step: AnswerStep): object {
  const id = randomUUID()
  if ('answer' in step) return itemOf({ say: JSON.stringify(step.answer) })
  if ('say' in step) {
    return {
      type: 'message',
      id: `msg_${id}`,
      role: 'assistant',
      content: [{ type: 'output_text', text: step.say }],
    }
  }
  const [tool, input] =
    'run' in step ? ['exec_command', { cmd: step.run }] : [step.tool, step.input]
  return {
    type: 'function_call',
    id: `fc_${id}`,
    call_id: `call_${id}`,
    ...nameOf(tool),
    arguments: JSON.stringify(input),
  }
}

/** A tool within a namespace, as those of an MCP server are, is scripted as `<namespace>.<name>`. */
function nameOf(tool: string): { name: string; namespace?: string } {
  const [, namespace, name = tool] = /^([^.]+)\.(.+)$/.exec(tool) ?? []
  return namespace === undefined ? { name } : { name, namespace }
}

function failure({ fail, message }: FailStep) {
  const [type, code, text] = ERRORS[fail] ?? ['server_error', null, `scripted ${fail}`]
  return { status: fail, body: { error: { message: message ?? text, type, param: null, code } } }
}

/** Status → type, code, words. */
const ERRORS: Readonly<Record<number, readonly [string, string | null, string]>> = {
  401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided: scripted-key.'],
  429: [
    'requests',
    'rate_limit_exceeded',
    'Rate limit reached for requests per min. Please try again in 20s.',
  ],
}
