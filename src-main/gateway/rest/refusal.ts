import type { FastifyInstance, FastifyReply } from 'fastify'
import { type ErrorCode, wordingOf } from '../../../src-shared/contract/index.ts'
import { type Failure, type Log, printable } from '../../base/index.ts'
import { reasonOf } from '../../storage/index.ts'
import { statusOf } from './statuses.ts'

/** The body of every error. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; details?: unknown }
}

/** Without words of its own a refusal has those of its code. The cause of a failure is never part of it. */
export function errorBody(
  code: ErrorCode,
  { message, details }: Partial<Pick<Failure, 'message' | 'details'>> = {},
): ErrorBody {
  const words = message === undefined ? wordingOf(code).what : printable(message)
  return { error: { code, message: words, ...(details === undefined ? {} : { details }) } }
}

export function refuse(
  reply: FastifyReply,
  code: ErrorCode,
  words?: Partial<Pick<Failure, 'message' | 'details'>>,
): FastifyReply {
  return reply
    .code(statusOf(code))
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(code, words)))
}

/** Unknown addresses, requests that Fastify cannot take, and what was thrown. */
export function answerErrors(server: FastifyInstance, log: Log): void {
  server.setNotFoundHandler((_request, reply) => refuse(reply, 'not_found'))
  server.setErrorHandler((error, request, reply) => {
    const form = codeOfForm(error)
    if (form) return refuse(reply, form)
    log.error('request failed', { method: request.method, url: request.url.slice(0, 200), error })
    // What was thrown may name paths and commands: its words are for the log.
    return refuse(reply, reasonOf(error).code)
  })
}

/** Fastify's own errors and those of its parsers have a status below 500. */
function codeOfForm(error: unknown): ErrorCode | undefined {
  const { statusCode } = error as { statusCode?: unknown }
  if (typeof statusCode !== 'number' || statusCode >= 500) return undefined
  if (statusCode === 413) return 'body_too_large'
  return statusCode === 415 ? 'media_type_refused' : 'request_invalid'
}
