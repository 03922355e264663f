import type { PermissionAnswer, PermissionQuestion } from '../adapter.ts'
import { entryOf, isObject, type JsonObject, textOf } from '../line-parser.ts'
import { pathsOf } from './codex-items.ts'
import { readCommand, visible } from './shell-command.ts'

type Decision = PermissionAnswer['decision']

/** One request of the server, read. */
export interface CodexRequest {
  /** What a person is asked; without it nobody can be, and the answer is no. */
  question?: Omit<PermissionQuestion, 'id'>
  /** The answer: for this one time, never for later requests as well. */
  result(decision: Decision): JsonObject
  /** What a reader is told where nobody is asked. */
  unasked?: string
}

export interface RequestContext {
  worktree: string
  /** What an item said when it began: a request about files names the item only. */
  itemOf(itemId: string): JsonObject | undefined
}

/** Undefined for what is not offered. */
export function readRequest(
  method: string,
  params: JsonObject,
  context: RequestContext,
): CodexRequest | undefined {
  return entryOf(readers, method)?.(params, context)
}

const readers: Readonly<
  Record<string, (params: JsonObject, context: RequestContext) => CodexRequest>
> = {
  'item/commandExecution/requestApproval': (params, { worktree }) => ({
    question: { ...commandQuestion(params, worktree), ...why(params) },
    result: accepted,
  }),
  'item/fileChange/requestApproval': (params, { itemOf, worktree }) => ({
    question: { tool: 'edit', subject: filesOf(params, { itemOf, worktree }), ...why(params) },
    result: accepted,
  }),
  'item/permissions/requestApproval': (params) => {
    const permissions = granted(params['permissions'])
    return {
      question: {
        tool: 'permissions',
        subject: visible(JSON.stringify(permissions)),
        ...why(params),
      },
      result: (decision) => ({
        permissions: decision === 'allow' ? permissions : {},
        scope: 'turn',
      }),
    }
  },
  'mcpServer/elicitation/request': elicitation,
  'item/tool/requestUserInput': ({ questions }) => ({
    result: () => ({ answers: unanswered(questions) }),
    unasked: `It asked for an answer that nobody can give here: ${visible(wordsOf(questions))}`,
  }),
}

/** `decline` lets the turn go on, `cancel` would end it. */
const accepted = (decision: Decision): JsonObject => ({
  decision: decision === 'allow' ? 'accept' : 'decline',
})

function why({ reason }: JsonObject): { why?: string } {
  const words = visible(textOf(reason))
  return words === '' ? {} : { why: words }
}

function commandQuestion(params: JsonObject, worktree: string): Omit<PermissionQuestion, 'id'> {
  const { command, cwd, kind, networkApprovalContext: network } = params
  if (isObject(network)) {
    const address = `${textOf(network['protocol'])}://${textOf(network['host'])}`
    return { tool: 'fetch', subject: visible(address) }
  }
  const text = readCommand(textOf(command)) || 'a command that it does not name'
  const subject = kind === 'writeStdin' ? `input for a command that runs: ${text}` : text
  const folder = textOf(cwd)
  const isElsewhere = folder !== '' && folder !== worktree
  return { tool: 'shell', subject: isElsewhere ? `${subject}\nin ${visible(folder)}` : subject }
}

function filesOf(params: JsonObject, { itemOf, worktree }: RequestContext): string {
  const paths = pathsOf(itemOf(textOf(params['itemId']))?.['changes'], worktree)
  const root = textOf(params['grantRoot'])
  const all = root === '' ? paths : [...paths, `and whatever lies below ${visible(root)}`]
  return all.join('\n') || 'files that it does not name'
}

/** Only what was asked for and is not null may be in an answer. */
function granted(permissions: unknown): JsonObject {
  const given = isObject(permissions) ? Object.entries(permissions) : []
  return Object.fromEntries(given.filter(([, value]) => isObject(value)))
}

/**
 * A tool server of the user's own: Codex asks through it whether a tool may be called. What such a server itself
 * wants to have filled in is for a person at a terminal.
 */
function elicitation({ _meta: meta, message, serverName }: JsonObject): CodexRequest {
  const server = visible(textOf(serverName))
  const words = visible(textOf(message))
  const result = (decision: Decision): JsonObject =>
    decision === 'allow'
      ? { action: 'accept', content: {}, _meta: null }
      : { action: 'decline', content: null, _meta: null }
  if (!isObject(meta) || meta['codex_approval_kind'] !== 'mcp_tool_call') {
    return {
      result: () => result('deny'),
      unasked: `The tool server ${server} asked for an answer that nobody can give here: ${words}`,
    }
  }
  const tool = visible(textOf(meta['tool_name']))
  const parameters = visible(JSON.stringify(meta['tool_params'] ?? {}))
  return {
    question: {
      tool: tool === '' ? server : `${server}.${tool}`,
      subject: `${words}\n${parameters}`,
    },
    result,
  }
}

const questionsOf = (questions: unknown): JsonObject[] =>
  Array.isArray(questions) ? questions.filter(isObject) : []

const wordsOf = (questions: unknown): string =>
  questionsOf(questions)
    .map(({ question }) => textOf(question))
    .join('\n')

const unanswered = (questions: unknown): JsonObject =>
  Object.fromEntries(
    questionsOf(questions).map(({ id }) => [
      textOf(id),
      { answers: ['Nobody can answer here: decide by yourself.'] },
    ]),
  )
