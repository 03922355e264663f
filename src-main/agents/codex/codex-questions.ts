import type { AgentEvent, PermissionAnswer, PermissionQuestion } from '../adapter.ts'
import { type RpcId, respond } from '../json-rpc.ts'
import { type JsonObject, textOf } from '../line-parser.ts'
import { commandOf, pathsOf } from './codex-items.ts'

/** The permissions that a person is asked for. */
export interface CodexQuestions {
  /** Undefined when it is not a request for a permission. */
  ask(request: { id: RpcId; method: string; params: JsonObject }): AgentEvent[] | undefined
  answer(question: string, answer: PermissionAnswer): AgentEvent[]
}

const COMMAND = 'item/commandExecution/requestApproval'
const CHANGE = 'item/fileChange/requestApproval'

/**
 * `itemOf` finds what an item said when it began: a request about files names only the item. A note cannot be
 * passed on: the protocol has no place for it. `decline` lets the turn go on, `cancel` would end it.
 */
export function createCodexQuestions(
  worktree: string,
  itemOf: (itemId: string) => JsonObject | undefined,
): CodexQuestions {
  const open = new Map<string, RpcId>()
  const read = (method: string, params: JsonObject): Omit<PermissionQuestion, 'id'> => {
    const reason = textOf(params['reason'])
    const why = reason === '' ? {} : { why: reason }
    if (method === COMMAND) {
      return { tool: 'shell', subject: commandOf(textOf(params['command'])), ...why }
    }
    const item = itemOf(textOf(params['itemId']))
    const paths = pathsOf(item?.['changes'], worktree)
    return { tool: 'edit', subject: paths.join(', ') || 'files outside of the worktree', ...why }
  }
  return {
    ask({ id, method, params }) {
      if (method !== COMMAND && method !== CHANGE) return undefined
      // As JSON, 0 and "0" stay two.
      const question = JSON.stringify(id)
      open.set(question, id)
      return [{ type: 'asked', question: { id: question, ...read(method, params) } }]
    },
    answer(question, { decision }) {
      const id = open.get(question)
      if (id === undefined) return []
      open.delete(question)
      return [respond(id, { decision: decision === 'allow' ? 'accept' : 'decline' })]
    },
  }
}
