import { printable } from '../../base/index.ts'
import type { AgentEvent, LaunchInput } from '../adapter.ts'
import { type Calls, notify, type Reply } from '../json-rpc.ts'
import { isObject, type JsonObject, textOf } from '../line-parser.ts'

export type Refusal = Extract<Reply, { ok: false }>

const CLIENT = { name: 'thalogos', title: 'Thalogos', version: '1' }

/**
 * What says again, piece by piece or as a whole, what the items say when they are complete, and what nobody here
 * asks for. The output of a command stays: it shows that a long one is alive.
 */
const UNWANTED = [
  'account/rateLimits/updated',
  'item/agentMessage/delta',
  'item/fileChange/patchUpdated',
  'item/plan/delta',
  'item/reasoning/summaryPartAdded',
  'item/reasoning/summaryTextDelta',
  'item/reasoning/textDelta',
  'remoteControl/status/changed',
  'thread/started',
  'turn/diff/updated',
]

/**
 * From the first message to a turn that works: each step begins when the one before it is answered. A thread that
 * cannot be gone on with (its file is gone, another program has it open) is no reason to fail, since a prompt is
 * complete without it.
 */
export function openThread(deps: {
  input: LaunchInput
  calls: Calls
  /** The thread is there; what follows is about it. */
  opened(threadId: string): AgentEvent[]
  failed(refusal: Refusal): AgentEvent[]
}): AgentEvent[] {
  const { input, calls, failed } = deps
  const thread = threadOf(input)
  const begun = (reply: Reply): AgentEvent[] => {
    if (!reply.ok) return failed(reply)
    const threadId = idOf(reply.result)
    return [
      ...deps.opened(threadId),
      calls.call('turn/start', turnOf(input, threadId), (turn) => (turn.ok ? [] : failed(turn))),
    ]
  }
  const start = () => calls.call('thread/start', thread, begun)
  const resume = (threadId: string) =>
    calls.call('thread/resume', { ...thread, threadId, excludeTurns: true }, (reply) =>
      reply.ok ? begun(reply) : [lost(reply.message), start()],
    )
  const capabilities = { experimentalApi: false, optOutNotificationMethods: UNWANTED }
  return [
    calls.call('initialize', { clientInfo: CLIENT, capabilities }, (reply) => {
      if (!reply.ok) return failed(reply)
      return [notify('initialized'), input.resume === undefined ? start() : resume(input.resume)]
    }),
  ]
}

/**
 * The folder is the one it was started in. Named here as well, it would be written into the user's configuration
 * as trusted for good, and the servers and hooks of its `.codex/config.toml` would be started.
 *
 * Where everything is allowed it may ask all the same, and the answer is yes: with the policy `never` Codex itself
 * refuses what it would have asked for.
 */
function threadOf({ model, settings }: LaunchInput): JsonObject {
  const named = model ?? settings.model
  return {
    approvalPolicy: 'on-request',
    sandbox: settings.permissions === 'allow' ? 'danger-full-access' : 'workspace-write',
    ...(named === null ? {} : { model: named }),
  }
}

/** The folder is named here, since a thread that is gone on with has its own. */
const turnOf = ({ prompt, schema, worktree }: LaunchInput, threadId: string): JsonObject => ({
  threadId,
  cwd: worktree,
  input: [{ type: 'text', text: prompt }],
  ...(schema === undefined ? {} : { outputSchema: schema }),
})

const idOf = ({ thread }: JsonObject): string => (isObject(thread) ? textOf(thread['id']) : '')

const lost = (why: string): AgentEvent => ({
  type: 'item',
  item: {
    kind: 'warning',
    text: `its earlier conversation cannot be gone on with, it begins anew: ${printable(why)}`,
  },
})
