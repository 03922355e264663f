import type { AgentEvent, PermissionAnswer } from '../adapter.ts'
import { type Calls, type RpcId, respond } from '../json-rpc.ts'
import { type JsonObject, textOf } from '../line-parser.ts'
import { type CodexRequest, type RequestContext, readRequest } from './codex-permission.ts'

/** What a person is asked for, each answered or withdrawn once. */
export interface CodexQuestions {
  /** Undefined when such a request is not known. */
  ask(request: { id: RpcId; method: string; params: JsonObject }): AgentEvent[] | undefined
  answer(question: string, answer: PermissionAnswer): AgentEvent[]
  /** A `serverRequest/resolved`: it waits no longer. */
  resolved(params: JsonObject): AgentEvent[]
}

type Open = CodexRequest & { id: RpcId; params: JsonObject }

/** With `allows` everything that a person would be asked is allowed at once. */
export function createCodexQuestions(
  deps: RequestContext & { calls: Calls; allows: boolean },
): CodexQuestions {
  const open = new Map<string, Open>()

  /** An answer has no place for a note, so it follows as a word of the user to the turn that asked. */
  const noteOn = ({ params, question }: Open, { decision, note }: PermissionAnswer) => {
    const { threadId, turnId } = params
    if (note === undefined || note === '' || textOf(turnId) === '') return []
    const outcome = decision === 'allow' ? 'allowed' : 'denied'
    const text = `The answer to your question about this was "${outcome}": ${note}\n\n${question?.subject}`
    const steer = { threadId, expectedTurnId: turnId, input: [{ type: 'text', text }] }
    // Refused when the turn is over: then nobody is left to hear it.
    return [deps.calls.call('turn/steer', steer, () => [])]
  }
  return {
    ask({ id, method, params }) {
      const request = readRequest(method, params, deps)
      if (request === undefined) return undefined
      if (request.question === undefined) {
        const text = request.unasked ?? ''
        return [
          { type: 'item', item: { kind: 'warning', text } },
          respond(id, request.result('deny')),
        ]
      }
      if (deps.allows) return [respond(id, request.result('allow'))]
      open.set(nameOf(id), { ...request, id, params })
      return [{ type: 'asked', question: { id: nameOf(id), ...request.question } }]
    },
    answer(question, answer) {
      const request = open.get(question)
      if (request === undefined) return []
      open.delete(question)
      return [respond(request.id, request.result(answer.decision)), ...noteOn(request, answer)]
    },
    resolved({ requestId }) {
      const question = nameOf(requestId)
      return open.delete(question) ? [{ type: 'withdrawn', question }] : []
    },
  }
}

// As JSON, 0 and "0" stay two.
const nameOf = (id: unknown): string => JSON.stringify(id) ?? ''
