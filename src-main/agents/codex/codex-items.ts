import { relative } from 'node:path'
import type { OutputItem } from '../../../src-shared/contract/index.ts'
import { printable, printableLine } from '../../base/index.ts'
import { entryOf, integerOf, isObject, type JsonObject, textOf } from '../line-parser.ts'
import { readCommand, visible } from './shell-command.ts'

/**
 * What an item of a thread says, when it begins or when it is complete; undefined when its type is not known.
 * Only a command is worth two lines.
 */
export function readItem(
  item: JsonObject,
  given: { isComplete: boolean; worktree: string },
): OutputItem[] | undefined {
  const type = textOf(item['type'])
  if (type === 'commandExecution') return [readCommandItem(item, given.isComplete)]
  if (ASIDE.has(type)) return []
  const read = entryOf(readers, type)
  if (read === undefined) return undefined
  const told = given.isComplete ? read(item, given.worktree) : undefined
  return told === undefined ? [] : [told]
}

/** The files that a change is about, relative to the worktree where they lie in it. */
export function pathsOf(changes: unknown, worktree: string): string[] {
  const list = Array.isArray(changes) ? changes.filter(isObject) : []
  return list.map((change) => visible(shorten(textOf(change['path']), worktree)))
}

function shorten(path: string, worktree: string): string {
  const way = relative(worktree, path)
  return path === '' || way === '' || way.startsWith('..') ? path : way
}

/** What the user said, and what other items and messages tell. */
const ASIDE: ReadonlySet<string> = new Set([
  'contextCompaction',
  'enteredReviewMode',
  'exitedReviewMode',
  'functionCallOutput',
  'hookPrompt',
  'sleep',
  'subAgentActivity',
  'userMessage',
])

type Reader = (item: JsonObject, worktree: string) => OutputItem | undefined

const readers: Readonly<Record<string, Reader>> = {
  agentMessage: ({ text }) => spoken('message', textOf(text)),
  reasoning: ({ content, summary }) =>
    spoken('reasoning', [...textsOf(summary), ...textsOf(content)].join('\n')),
  plan: ({ text }) => tool('plan', textOf(text)),
  fileChange: ({ changes, status }, worktree) => {
    const paths = pathsOf(changes, worktree)
    if (status === 'completed') return { kind: 'file_change', paths }
    const outcome = status === 'declined' ? 'was not allowed' : 'failed'
    return tool('edit', `${outcome}: ${paths.join(', ')}`)
  },
  mcpToolCall: ({ error, server, tool: name }) =>
    tool(`${textOf(server)}.${textOf(name)}`, failureOf(error)),
  dynamicToolCall: ({ tool: name }) => tool(textOf(name) || 'tool'),
  collabAgentToolCall: ({ prompt, tool: name }) => tool(textOf(name) || 'agent', textOf(prompt)),
  webSearch: ({ query }) => tool('web_search', textOf(query)),
  imageView: ({ path }) => tool('view_image', textOf(path)),
  imageGeneration: () => tool('generate_image'),
}

function spoken(kind: 'message' | 'reasoning', text: string): OutputItem | undefined {
  const words = printable(text)
  return words === '' ? undefined : { kind, text: words }
}

function tool(name: string, text = ''): OutputItem {
  const words = printable(text)
  return { kind: 'tool', name: printableLine(name), ...(words === '' ? {} : { text: words }) }
}

const failureOf = (error: unknown): string =>
  isObject(error) ? `failed: ${textOf(error['message'])}` : ''

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(textOf).filter((text) => text !== '') : []

function readCommandItem(item: JsonObject, isComplete: boolean): OutputItem {
  const command = readCommand(textOf(item['command']))
  if (!isComplete) return { kind: 'command', command, state: 'started' }
  const output =
    item['status'] === 'declined'
      ? 'It was not allowed.'
      : printable(textOf(item['aggregatedOutput']))
  return { kind: 'command', command, state: 'ended', output, exitCode: integerOf(item['exitCode']) }
}
