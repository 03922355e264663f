import type { OutputItem } from '../../../src-shared/contract/index.ts'
import { printable } from '../../base/index.ts'
import type { AgentEvent, OutputParser } from '../adapter.ts'
import { explainError } from '../explain.ts'
import {
  countOf,
  createLineParser,
  integerOf,
  isObject,
  type JsonObject,
  textOf,
} from '../line-parser.ts'

/** Reads `codex exec --json`: one event a line, closed by `turn.completed` or `turn.failed`. */
export function createCodexParser(): OutputParser {
  let answer: string | undefined
  return createLineParser({
    event(event) {
      switch (event['type']) {
        case 'thread.started':
          return [{ type: 'session', id: textOf(event['thread_id']) }]
        case 'turn.started':
          return []
        case 'item.started':
        case 'item.updated':
        case 'item.completed': {
          const item = isObject(event['item']) ? event['item'] : {}
          if (item['type'] === 'agent_message') answer = textOf(item['text'])
          return readItem(item, event['type'])
        }
        case 'error':
          return [warning(textOf(event['message']))]
        case 'turn.completed':
          return [
            ...readUsage(event['usage']),
            { type: 'closed', closing: { ok: true, ...(answer === undefined ? {} : { answer }) } },
          ]
        case 'turn.failed':
          return [readFailure(event['error'])]
        default:
          return undefined
      }
    },
  })
}

function readItem(item: JsonObject, event: string): AgentEvent[] | undefined {
  const read = itemReaders[textOf(item['type'])]
  if (!read) return undefined
  // Only a command is worth two lines; the rest is told when it is complete.
  if (event !== 'item.completed' && item['type'] !== 'command_execution') return []
  if (event === 'item.updated') return []
  return [{ type: 'item', item: read(item, event === 'item.started') }]
}

const itemReaders: Readonly<Record<string, (item: JsonObject, started: boolean) => OutputItem>> = {
  agent_message: (item) => ({ kind: 'message', text: printable(textOf(item['text'])) }),
  reasoning: (item) => ({ kind: 'reasoning', text: printable(textOf(item['text'])) }),
  command_execution: (item, started) => ({
    kind: 'command',
    command: printable(textOf(item['command'])),
    ...(started
      ? { state: 'started' }
      : {
          state: 'ended',
          output: printable(textOf(item['aggregated_output'])),
          exitCode: integerOf(item['exit_code']),
        }),
  }),
  file_change: (item) => ({ kind: 'file_change', paths: readPaths(item['changes']) }),
  mcp_tool_call: (item) => ({
    kind: 'tool',
    name: printable(`${textOf(item['server'])}.${textOf(item['tool'])}`),
  }),
  web_search: (item) => ({
    kind: 'tool',
    name: 'web_search',
    text: printable(textOf(item['query'])),
  }),
  todo_list: (item) => ({ kind: 'tool', name: 'todo_list', text: readTodos(item['items']) }),
  error: (item) => ({ kind: 'warning', text: printable(textOf(item['message'])) }),
}

function readPaths(changes: unknown): string[] {
  const list = Array.isArray(changes) ? changes.filter(isObject) : []
  return list.map((change) => printable(textOf(change['path'])))
}

function readTodos(items: unknown): string {
  const list = Array.isArray(items) ? items.filter(isObject) : []
  return list
    .map(
      (item) => `${item['completed'] === true ? '[x]' : '[ ]'} ${printable(textOf(item['text']))}`,
    )
    .join('\n')
}

/** The counts cover the whole conversation so far; input includes what was cached. No cost is told. */
function readUsage(usage: unknown): AgentEvent[] {
  if (!isObject(usage)) return []
  const inputTokens = Math.round(countOf(usage['input_tokens']))
  const outputTokens = Math.round(countOf(usage['output_tokens']))
  return [{ type: 'usage', usage: { inputTokens, outputTokens, costUsd: 0 } }]
}

function readFailure(error: unknown): AgentEvent {
  const message = printable(textOf(isObject(error) ? error['message'] : '')) || 'it gave no reason'
  return {
    type: 'closed',
    closing: { ok: false, code: explainError(message) ?? 'run_failed', message },
  }
}

const warning = (text: string): AgentEvent => ({
  type: 'item',
  item: { kind: 'warning', text: printable(text) },
})
