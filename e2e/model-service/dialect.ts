import type { ServerResponse } from 'node:http'
import type { AnswerStep, ConversationState, FailStep } from './script.ts'

/** How one service is spoken to: pure but for the writing of the response. */
export interface Dialect {
  /** What a request body has come to. */
  readConversation(body: unknown): ConversationState
  /** Answers as the service does. Every answer costs 120 tokens in and 42 out. */
  writeAnswer(response: ServerResponse, step: AnswerStep, given: Given): void
  /** The error body of the service, and the status it goes with. */
  failure(step: FailStep): { status: number; body: object }
}

export interface Given {
  body: unknown
  /** As server-sent events, or whole. */
  stream: boolean
}

export const INPUT_TOKENS = 120
export const OUTPUT_TOKENS = 42

/** One server-sent event; Gemini's have no name. */
export function writeEvent(response: ServerResponse, data: object, name?: string): void {
  if (!response.headersSent) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  }
  const head = name === undefined ? '' : `event: ${name}\n`
  response.write(`${head}data: ${JSON.stringify(data)}\n\n`)
}

export function writeJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
