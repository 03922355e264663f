import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import {
  type ErrorCode,
  type Operation,
  operationList,
} from '../../../src-shared/contract/index.ts'
import { type Failure, type Log, ok, printableLine, type Result } from '../../base/index.ts'
import type { OperationHandlers } from '../port.ts'
import { refuse } from './refusal.ts'

type Handler = (input: unknown) => Promise<Result<unknown, Failure<ErrorCode>>>
/** Where a request first departs from its form: `tasks[0].title`. */
interface Fault {
  path: string
  problem: string
}

// What has no body in the contract gets none, or an empty object.
const NO_BODY = z.strictObject({})

/** One route for each operation of the contract: checked input, the handler, an answer checked as well. */
export function addOperations(
  server: FastifyInstance,
  { operations, log }: { operations: OperationHandlers; log: Log },
): void {
  for (const operation of operationList) {
    const { method, path: url, name } = operation
    // The name ties the handler to the operation's own types, which a walk over the table cannot know.
    const handle = operations[name] as Handler
    server.route({
      method,
      url,
      handler: async (request, reply) => {
        const input = readInput(operation, request)
        if (!input.ok) {
          return refuse(reply, 'request_invalid', { details: input.error })
        }
        const outcome = await handle(input.value)
        if (!outcome.ok) return refuse(reply, outcome.error.code, outcome.error)
        return answer(reply, operation, {
          value: outcome.value,
          log: log.with({ operation: name }),
        })
      },
    })
  }
}

/** Params, query and body together as one flat input; their names differ. */
function readInput(
  { params, query, body }: Operation,
  request: FastifyRequest,
): { ok: true; value: unknown } | { ok: false; error: Fault } {
  const parts = [
    params?.safeParse(request.params),
    query?.safeParse(request.query),
    (body ?? NO_BODY).safeParse(request.body ?? {}),
  ]
  for (const part of parts) if (part?.error) return { ok: false, error: firstFault(part.error) }
  return ok(Object.assign({}, ...parts.map((part) => part?.data)))
}

function firstFault(error: z.ZodError): Fault {
  const [issue] = error.issues
  return {
    path: printableLine(z.core.toDotPath(issue?.path ?? [])),
    problem: printableLine(issue?.message ?? ''),
  }
}

/** Checking costs a fraction of writing the JSON, and finds what would confuse every client. */
function answer(
  reply: FastifyReply,
  operation: Operation,
  { value, log }: { value: unknown; log: Log },
): FastifyReply {
  const checked = operation.answer.safeParse(value)
  if (!checked.success) {
    log.error('an answer did not have its form', { problem: z.prettifyError(checked.error) })
    return refuse(reply, 'internal')
  }
  return reply
    .code(operation.status ?? 200)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(checked.data))
}
