import { printable } from '../../base/index.ts'
import type { AgentEvent, LaunchInput } from '../adapter.ts'
import type { Calls, Reply } from '../json-rpc.ts'
import { isObject, type JsonObject, textOf } from '../line-parser.ts'
import { OWN_SERVER } from './acp-permission.ts'

export type Refusal = Extract<Reply, { ok: false }>

/** From the first message to a session that can be prompted. */
export interface Opening {
  begin(token: string | undefined): AgentEvent[]
  /** A loaded session's conversation so far is told again: nothing of it is news. */
  readonly isRetelling: boolean
}

// The version that all of this was tried with.
const PROTOCOL = 1
// It reads, writes and runs by itself: nothing of that is offered.
const CAPABILITIES = { fs: { readTextFile: false, writeTextFile: false }, terminal: false }

/**
 * Loads the session of `input.resume`, or opens a new one. A session that is not there any more is no
 * reason to fail, since a prompt is complete without it: Gemini loads none, for example, where the kind of
 * login is not chosen in its settings.
 *
 * Gemini keeps a conversation in a file named by the minute in which it was begun and the first eight
 * characters of its id, and writes an empty conversation to the file of that name as soon as anything is
 * set up for an id: on `initialize` for that of `--resume`, on `session/load` for the one it is given, which
 * it looks for only afterwards. In the first minute that is the conversation's own file, and all of it is
 * lost. So `session/load` comes without `initialize`, and with a blank before the id, which makes it another
 * file and is cut off when the conversation is looked for (0.55 and 0.61 alike). A version that minds either
 * is asked again as the protocol has it.
 */
export function createOpening(deps: {
  input: LaunchInput
  calls: Calls
  /** `conversation` can be resumed later; the session's own id names it in this process alone. */
  ready(session: { sessionId: string; conversation: string }): AgentEvent[]
  failed(refusal: Refusal): AgentEvent[]
}): Opening {
  const { input, calls } = deps
  const cwd = input.worktree
  let mcpServers: readonly JsonObject[] = []
  let isRetelling = false

  const ready = (sessionId: string, conversation = sessionId): AgentEvent[] => {
    isRetelling = false
    return deps.ready({ sessionId, conversation })
  }
  const initialize = (then: () => AgentEvent[]): AgentEvent[] => {
    const params = { protocolVersion: PROTOCOL, clientCapabilities: CAPABILITIES }
    return [calls.call('initialize', params, (reply) => (reply.ok ? then() : deps.failed(reply)))]
  }
  const open = (): AgentEvent[] => {
    isRetelling = false
    return [
      calls.call('session/new', { cwd, mcpServers }, (reply) =>
        reply.ok ? ready(textOf(reply.result['sessionId'])) : deps.failed(reply),
      ),
    ]
  }
  const load = (
    names: { sessionId: string; conversation: string },
    refused: (refusal: Refusal) => AgentEvent[],
  ): AgentEvent[] => {
    const { sessionId } = names
    isRetelling = true
    return [
      calls.call('session/load', { sessionId, cwd, mcpServers }, (reply) =>
        reply.ok ? settle(names, reply.result) : refused(reply),
      ),
    ]
  }
  // The retelling may outlast the answer to `session/load`, but not that to a later request: so something
  // harmless is asked for, the mode that it is in.
  const settle = (
    { sessionId, conversation }: { sessionId: string; conversation: string },
    { modes }: JsonObject,
  ): AgentEvent[] => {
    const modeId = isObject(modes) ? textOf(modes['currentModeId']) : ''
    if (modeId === '') return ready(sessionId, conversation)
    return [
      calls.call('session/set_mode', { sessionId, modeId }, () => ready(sessionId, conversation)),
    ]
  }
  const resume = (conversation: string): AgentEvent[] => {
    const loadAsTold = () =>
      load({ sessionId: conversation, conversation }, ({ message }) => [
        forgotten(message),
        ...open(),
      ])
    return load({ sessionId: ` ${conversation}`, conversation }, () => initialize(loadAsTold))
  }
  return {
    begin(token) {
      mcpServers = ownServers(input, token)
      return input.resume === undefined ? initialize(open) : resume(input.resume)
    },
    get isRetelling() {
      return isRetelling
    },
  }
}

/**
 * The token goes over standard input, which nobody else reads and nothing records. `$THALOGOS_RUN_TOKEN`
 * would be nicer, but here Gemini expands no variable whose name sounds like a secret: an empty header
 * arrived. The CLI keeps it in memory only.
 */
function ownServers({ mcp }: LaunchInput, token: string | undefined): JsonObject[] {
  if (mcp === undefined || token === undefined) return []
  const headers = [{ name: 'Authorization', value: `Bearer ${token}` }]
  return [{ type: 'http', name: OWN_SERVER, url: mcp.url, headers }]
}

const forgotten = (why: string): AgentEvent => ({
  type: 'item',
  item: {
    kind: 'warning',
    text: `its earlier conversation cannot be gone on with, it begins anew: ${printable(why)}`,
  },
})
