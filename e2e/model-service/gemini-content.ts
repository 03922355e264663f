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

interface Part {
  text?: string
  functionResponse?: object
}
interface Content {
  role?: string
  parts?: Part[]
}

/** Google's Gemini API: `generateContent` and `streamGenerateContent`. */
export const geminiContent: Dialect = { readConversation, writeAnswer, failure }

function readConversation(body: unknown): ConversationState {
  const contents = (body as { contents?: Content[] } | undefined)?.contents ?? []
  const last = contents.findLastIndex((content) => saidBy(content).length > 0)
  const after = contents.slice(last + 1).flatMap(({ parts }) => parts ?? [])
  const content = contents[last]
  return {
    // The program's own account of the place comes before it, as a part of its own.
    prompt: content === undefined ? '' : (saidBy(content).at(-1) ?? ''),
    answered: after.filter(({ functionResponse }) => functionResponse !== undefined).length,
  }
}

/** The words of the user; what comes with the answer of a tool is none. */
function saidBy({ role, parts = [] }: Content): string[] {
  if (role !== 'user' || parts.some((part) => part.functionResponse !== undefined)) return []
  return parts.flatMap(({ text }) => (text === undefined ? [] : [text]))
}

function writeAnswer(response: ServerResponse, step: AnswerStep, { stream }: Given): void {
  const thought = step.think === undefined ? [] : [{ text: step.think, thought: true }]
  const content = { role: 'model', parts: [...thought, partOf(step)] }
  const answer = {
    candidates: [{ content, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: INPUT_TOKENS,
      candidatesTokenCount: OUTPUT_TOKENS,
      totalTokenCount: INPUT_TOKENS + OUTPUT_TOKENS,
    },
    modelVersion: 'scripted',
  }
  if (!stream) {
    writeJson(response, 200, answer)
    return
  }
  writeEvent(response, answer)
  response.end()
}

function partOf(step: AnswerStep): object {
  if ('answer' in step) return { text: JSON.stringify(step.answer) }
  if ('say' in step) return { text: step.say }
  return 'run' in step
    ? {
        functionCall: {
          name: 'run_shell_command',
          args: { command: step.run, description: 'scripted' },
        },
      }
    : { functionCall: { name: step.tool, args: step.input } }
}

function failure({ fail, message }: FailStep) {
  const known = ERRORS[fail]
  // The service calls a wrong key a bad request.
  const code = fail === 401 ? 400 : fail
  const error = {
    code,
    message: message ?? known?.text ?? `scripted ${fail}`,
    status: known?.status ?? 'UNKNOWN',
    ...(known?.details ? { details: known.details } : {}),
  }
  return { status: code, body: { error } }
}

const ERRORS: Readonly<Record<number, { status: string; text: string; details?: object[] }>> = {
  401: {
    status: 'INVALID_ARGUMENT',
    text: 'API key not valid. Please pass a valid API key.',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
        metadata: { service: 'generativelanguage.googleapis.com' },
      },
    ],
  },
  429: {
    status: 'RESOURCE_EXHAUSTED',
    text: 'You exceeded your current quota, please check your plan and billing details.',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel', quotaValue: '2' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' },
    ],
  },
  500: { status: 'INTERNAL', text: 'An internal error has occurred.' },
  503: { status: 'UNAVAILABLE', text: 'The model is overloaded. Please try again later.' },
}
