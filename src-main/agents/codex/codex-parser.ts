import { printable } from '../../base/index.ts'
import type { AgentEvent, LaunchInput, OutputParser } from '../adapter.ts'
import { explainError } from '../explain.ts'
import { type Calls, createCalls, isRpcId, type Reply, refuse } from '../json-rpc.ts'
import { countOf, createLineParser, isObject, type JsonObject, textOf } from '../line-parser.ts'
import { readItem } from './codex-items.ts'
import { createCodexQuestions } from './codex-questions.ts'

/** One turn over Codex's app server (JSON-RPC lines): a thread is opened, the prompt sent, questions answered. */
export function createCodexParser(input: LaunchInput): OutputParser {
  const calls = createCalls()
  const items = new Map<string, JsonObject>()
  const questions = createCodexQuestions(input.worktree, (id) => items.get(id))
  let answer: string | undefined

  const item = (params: JsonObject, isComplete: boolean): AgentEvent[] | undefined => {
    const given = isObject(params['item']) ? params['item'] : {}
    if (isComplete) items.delete(textOf(given['id']))
    else items.set(textOf(given['id']), given)
    if (isComplete && given['type'] === 'agentMessage') answer = textOf(given['text'])
    const read = readItem({ ...given, worktree: input.worktree }, isComplete)
    return read === undefined ? undefined : read === null ? [] : [{ type: 'item', item: read }]
  }
  const notified = (method: string, params: JsonObject): AgentEvent[] | undefined => {
    switch (method) {
      case 'item/started':
        return item(params, false)
      case 'item/completed':
        return item(params, true)
      case 'thread/tokenUsage/updated':
        return readUsage(params)
      case 'error':
        return params['willRetry'] === true ? [warning(messageOf(params['error']))] : []
      case 'warning':
      case 'configWarning':
        return [warning(textOf(params['message']) || textOf(params['summary']))]
      case 'turn/completed':
        return [readClosing(isObject(params['turn']) ? params['turn'] : {}, answer)]
      default:
        return QUIET.test(method) ? [] : undefined
    }
  }
  return {
    begin: () => open(input, calls),
    answer: questions.answer,
    ...createLineParser({
      isEvent: (message) => typeof message['method'] === 'string' || isRpcId(message['id']),
      event(message) {
        const { id, method } = message
        const params = isObject(message['params']) ? message['params'] : {}
        if (typeof method !== 'string') return calls.take(message)
        if (!isRpcId(id)) return notified(method, params)
        return questions.ask({ id, method, params }) ?? [refuse(id, method)]
      },
    }),
  }
}

// What is told by another message, or says nothing about the work.
const QUIET =
  /^(thread\/|turn\/(started|diff|plan)|account\/|item\/\w+\/(outputDelta|delta|\w*Delta|progress)|item\/(reasoning|plan)\/|serverRequest\/resolved|remoteControl\/|mcpServer\/startupStatus|hook\/|model\/|deprecationNotice$)/

const ASKING = { approvalPolicy: 'on-request', sandbox: 'workspace-write' } as const
const ALLOWING = { approvalPolicy: 'never', sandbox: 'danger-full-access' } as const

/** The handshake, the thread, the turn: each begins when the one before it is answered. */
function open(input: LaunchInput, calls: Calls): AgentEvent[] {
  const { model = input.settings.model, prompt, resume, schema, settings, worktree } = input
  const opened = (reply: Reply): AgentEvent[] => {
    if (!reply.ok) return [failed(reply.message)]
    const thread = isObject(reply.result['thread']) ? reply.result['thread'] : {}
    const threadId = textOf(thread['id'])
    const turn = {
      threadId,
      cwd: worktree,
      input: [{ type: 'text', text: prompt }],
      ...(schema === undefined ? {} : { outputSchema: schema }),
    }
    const started = (turned: Reply) => (turned.ok ? [] : [failed(turned.message)])
    return [{ type: 'session', id: threadId }, calls.call('turn/start', turn, started)]
  }
  // Without the folder, which is its own: named here, it would be written into the user's configuration as
  // trusted, and whatever servers and hooks its `.codex/config.toml` names would be started.
  const thread = {
    ...(settings.permissions === 'allow' ? ALLOWING : ASKING),
    ...(model === null ? {} : { model }),
  }
  const greeted = (reply: Reply): AgentEvent[] => {
    if (!reply.ok) return [failed(reply.message)]
    return [
      NOTIFY_INITIALIZED,
      resume === undefined
        ? calls.call('thread/start', thread, opened)
        : calls.call('thread/resume', { threadId: resume, excludeTurns: true, ...thread }, opened),
    ]
  }
  const clientInfo = { name: 'thalogos', title: 'Thalogos', version: '0' }
  return [calls.call('initialize', { clientInfo }, greeted)]
}

const NOTIFY_INITIALIZED: AgentEvent = {
  type: 'send',
  text: `${JSON.stringify({ jsonrpc: '2.0', method: 'initialized' })}\n`,
}

/** The counts cover the whole conversation so far; input includes what was cached. No cost is told. */
function readUsage(params: JsonObject): AgentEvent[] {
  const usage = isObject(params['tokenUsage']) ? params['tokenUsage']['total'] : undefined
  if (!isObject(usage)) return []
  const inputTokens = Math.round(countOf(usage['inputTokens']))
  const outputTokens = Math.round(countOf(usage['outputTokens']))
  return [{ type: 'usage', usage: { inputTokens, outputTokens, costUsd: 0 } }]
}

function readClosing(turn: JsonObject, answer: string | undefined): AgentEvent {
  if (turn['status'] === 'completed') {
    return { type: 'closed', closing: { ok: true, ...(answer === undefined ? {} : { answer }) } }
  }
  if (turn['status'] === 'interrupted') return failed('its turn was interrupted')
  return failed(messageOf(turn['error']))
}

const messageOf = (error: unknown): string => textOf(isObject(error) ? error['message'] : '')

function failed(text: string): AgentEvent {
  const message = printable(text) || 'it gave no reason'
  const code = explainError(message) ?? 'run_failed'
  return { type: 'closed', closing: { ok: false, code, message } }
}

const warning = (text: string): AgentEvent => ({
  type: 'item',
  item: { kind: 'warning', text: printable(text) },
})
