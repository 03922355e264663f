import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { ConversationState, ModelStep } from './script.ts'

interface InputItem {
  type?: string
  role?: string
  content?: string | { text?: string }[]
}

/** Reads a request body of OpenAI's Responses API. */
export function readConversation(body: unknown): ConversationState {
  const given = (body as { input?: string | InputItem[] } | undefined)?.input ?? []
  const input = typeof given === 'string' ? [{ role: 'user', content: given }] : given
  const last = input.findLastIndex((item) => item.role === 'user')
  const after = input.slice(last + 1)
  return {
    prompt: last < 0 ? '' : textOf(input[last]?.content),
    answered: after.filter((item) => item.type === 'function_call_output').length,
  }
}

function textOf(content: InputItem['content']): string {
  if (typeof content === 'string') return content
  return (content ?? []).map((part) => part.text ?? '').join('\n')
}

/** Answers as the service does, as server-sent events. Every answer costs 120 tokens in and 42 out. */
export function writeAnswer(response: ServerResponse, step: ModelStep): void {
  if ('fail' in step) {
    response.writeHead(step.fail, { 'content-type': 'application/json' })
    const message = step.message ?? `scripted ${step.fail}`
    response.end(JSON.stringify({ error: { type: 'api_error', message } }))
    return
  }
  const id = `resp_${randomUUID()}`
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const events = [
    { type: 'response.created', response: { id } },
    { type: 'response.output_item.done', output_index: 0, item: itemOf(step) },
    { type: 'response.completed', response: { id, usage: USAGE } },
  ]
  for (const event of events) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  response.end()
}

const USAGE = {
  input_tokens: 120,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 42,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 162,
}

function itemOf(step: { run: string } | { say: string }) {
  const id = randomUUID()
  return 'run' in step
    ? {
        type: 'function_call',
        id: `fc_${id}`,
        call_id: `call_${id}`,
        name: 'exec_command',
        arguments: JSON.stringify({ cmd: step.run }),
      }
    : {
        type: 'message',
        id: `msg_${id}`,
        role: 'assistant',
        content: [{ type: 'output_text', text: step.say }],
      }
}
