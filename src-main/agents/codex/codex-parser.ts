import type { AgentEvent, Closing, LaunchInput, OutputParser } from '../adapter.ts'
import { createCalls, isRpcId, refuse } from '../json-rpc.ts'
import { createLineParser, entryOf, isObject, type JsonObject, textOf } from '../line-parser.ts'
import { failure, readClosing, readError } from './codex-closing.ts'
import { readItem } from './codex-items.ts'
import { readNotice } from './codex-notices.ts'
import { openThread } from './codex-opening.ts'
import { createCodexQuestions } from './codex-questions.ts'
import { createCodexUsage } from './codex-usage.ts'

/**
 * One turn over Codex's app server (JSON-RPC lines): a thread is opened, the prompt sent, what is asked answered;
 * closed by `turn/completed`. The agent may set others to work: what they do and ask is told like its own, but
 * only its own last words are the answer, and only its own turn's end is the end.
 */
export function createCodexParser(input: LaunchInput): OutputParser {
  const { settings, worktree } = input
  const calls = createCalls()
  const usage = createCodexUsage()
  // As they began: requests about files do not repeat them.
  const items = new Map<string, JsonObject>()
  const questions = createCodexQuestions({
    ...{ calls, worktree, allows: settings.permissions === 'allow' },
    itemOf: (id) => items.get(id),
  })
  let thread: string | undefined
  let answer: string | undefined
  let isClosed = false

  const isOwn = ({ threadId }: JsonObject) => thread !== undefined && threadId === thread
  const close = (closing: Closing): AgentEvent[] => {
    if (isClosed) return []
    isClosed = true
    return [{ type: 'closed', closing }]
  }
  const began = (params: JsonObject): AgentEvent[] => {
    usage.began(params)
    // A thread is kept from its first turn on.
    return isOwn(params) ? [{ type: 'session', id: textOf(params['threadId']) }] : []
  }
  const item = (params: JsonObject, isComplete: boolean): AgentEvent[] | undefined => {
    const given = isObject(params['item']) ? params['item'] : {}
    const id = textOf(given['id'])
    if (isComplete) items.delete(id)
    else items.set(id, given)
    if (isComplete && given['type'] === 'agentMessage' && isOwn(params))
      answer = textOf(given['text'])
    return readItem(given, { isComplete, worktree })?.map((each) => ({ type: 'item', item: each }))
  }
  const readers: Readonly<Record<string, (params: JsonObject) => AgentEvent[] | undefined>> = {
    'turn/started': began,
    'item/started': (params) => item(params, false),
    'item/completed': (params) => item(params, true),
    'thread/tokenUsage/updated': (params) => {
      const used = usage.read(params)
      return used === undefined ? [] : [{ type: 'usage', usage: used }]
    },
    'serverRequest/resolved': questions.resolved,
    error: (params) =>
      readError(params).flatMap((event) =>
        event.type === 'closed' ? close(event.closing) : event,
      ),
    'turn/completed': (params) => {
      if (!isOwn(params)) return []
      return close(readClosing(isObject(params['turn']) ? params['turn'] : {}, answer))
    },
  }
  return {
    begin: () =>
      openThread({
        ...{ input, calls },
        opened: (threadId) => {
          thread = threadId
          return threadId === input.resume ? [{ type: 'session', id: threadId }] : []
        },
        failed: (refusal) => close(failure({ message: refusal.message })),
      }),
    answer: questions.answer,
    ...createLineParser({
      isEvent: (message) => typeof message['method'] === 'string' || isRpcId(message['id']),
      event(message) {
        const { id, method } = message
        const params = isObject(message['params']) ? message['params'] : {}
        if (typeof method !== 'string') return calls.take(message)
        if (isRpcId(id)) return questions.ask({ id, method, params }) ?? [refuse(id, method)]
        const read = entryOf(readers, method)
        return read === undefined ? readNotice(method, params) : read(params)
      },
    }),
  }
}
