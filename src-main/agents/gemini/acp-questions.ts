import type { AgentEvent, PermissionAnswer } from '../adapter.ts'
import { type RpcId, respond } from '../json-rpc.ts'
import type { JsonObject } from '../line-parser.ts'
import { type PermissionRequest, readPermission } from './acp-permission.ts'

/** The permissions that a person is asked for. */
export interface Questions {
  /** A `session/request_permission`. */
  ask(rpcId: RpcId, params: JsonObject): AgentEvent[]
  answer(question: string, answer: PermissionAnswer): AgentEvent[]
}

type Open = PermissionRequest & { rpcId: RpcId }

/** `decided` is told how each was decided. A note cannot be passed on: the protocol has no place for it. */
export function createQuestions(deps: {
  worktree: string
  decided(tool: JsonObject, isAllowed: boolean): AgentEvent[]
}): Questions {
  const open = new Map<string, Open>()
  const decide = (request: Open, decision: PermissionAnswer['decision']): AgentEvent[] => [
    respond(request.rpcId, { outcome: request.outcome(decision) }),
    ...deps.decided(request.tool, decision === 'allow'),
  ]
  return {
    ask(rpcId, params) {
      const request = { ...readPermission(params, deps.worktree), rpcId }
      if (request.settled !== undefined) return decide(request, request.settled)
      // As JSON, 0 and "0" stay two.
      const id = JSON.stringify(rpcId)
      open.set(id, request)
      return [{ type: 'asked', question: { id, ...request.question } }]
    },
    answer(question, { decision }) {
      const request = open.get(question)
      if (!request) return []
      open.delete(question)
      return decide(request, decision)
    },
  }
}
