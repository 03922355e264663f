import type { OutputItem, RunErrorCode } from '../../../src-shared/contract/index.ts'
import { printable } from '../../base/index.ts'
import type { AgentEvent, Closing, OutputParser } from '../adapter.ts'
import { explainError } from '../explain.ts'
import {
  countOf,
  createLineParser,
  entryOf,
  integerOf,
  type JsonObject,
  textOf,
} from '../line-parser.ts'

/**
 * Reads the vocabulary of custom and rehearsal agents, one JSON object a line:
 * - `{"type":"session","id":"…"}` by which the agent can resume
 * - `{"type":"message","text":"…"}`, `{"type":"reasoning","text":"…"}`, `{"type":"warning","text":"…"}`
 * - `{"type":"command","command":"…","state":"started"|"ended","output"?:"…","exitCode"?:0}`
 * - `{"type":"file_change","paths":["…"]}`, `{"type":"tool","name":"…","text"?:"…"}`
 * - `{"type":"usage","inputTokens":0,"outputTokens":0,"costUsd"?:0}`: the total so far
 * - `{"type":"result","ok":true,"answer"?:…}` or
 *   `{"type":"result","ok":false,"message"?:"…","code"?:"not_signed_in"|"rate_limited"}`: the closing event
 */
export function createJsonLinesParser(): OutputParser {
  return createLineParser({ event: (event) => entryOf(readers, textOf(event['type']))?.(event) })
}

const readers: Readonly<Record<string, (event: JsonObject) => AgentEvent[]>> = {
  session: (event) => [{ type: 'session', id: textOf(event['id']) }],
  message: (event) => [item({ kind: 'message', text: clean(event['text']) })],
  reasoning: (event) => [item({ kind: 'reasoning', text: clean(event['text']) })],
  warning: (event) => [item({ kind: 'warning', text: clean(event['text']) })],
  command: (event) => [item(readCommand(event))],
  file_change: (event) => [item({ kind: 'file_change', paths: readPaths(event['paths']) })],
  tool: (event) => [
    item({
      kind: 'tool',
      name: clean(event['name']),
      ...(typeof event['text'] === 'string' ? { text: clean(event['text']) } : {}),
    }),
  ],
  usage: (event) => [
    {
      type: 'usage',
      usage: {
        inputTokens: Math.round(countOf(event['inputTokens'])),
        outputTokens: Math.round(countOf(event['outputTokens'])),
        costUsd: countOf(event['costUsd']),
      },
    },
  ],
  result: (event) => [{ type: 'closed', closing: readClosing(event) }],
}

const clean = (value: unknown): string => printable(textOf(value))
const item = (value: OutputItem): AgentEvent => ({ type: 'item', item: value })

function readCommand(event: JsonObject): OutputItem {
  const command = { kind: 'command', command: clean(event['command']) } as const
  if (event['state'] !== 'ended') return { ...command, state: 'started' }
  const exitCode = integerOf(event['exitCode'])
  return { ...command, state: 'ended', output: clean(event['output']), exitCode }
}

function readPaths(paths: unknown): string[] {
  return Array.isArray(paths) ? paths.map(clean).filter((path) => path !== '') : []
}

function readClosing(event: JsonObject): Closing {
  if (event['ok'] === true) {
    const answer = event['answer']
    if (answer === undefined) return { ok: true }
    return { ok: true, answer: typeof answer === 'string' ? answer : JSON.stringify(answer) }
  }
  const message = clean(event['message']) || 'it gave no reason'
  return {
    ok: false,
    code: readCode(event['code']) ?? explainError(message) ?? 'run_failed',
    message,
  }
}

function readCode(code: unknown): RunErrorCode | undefined {
  return code === 'not_signed_in' || code === 'rate_limited' ? code : undefined
}
