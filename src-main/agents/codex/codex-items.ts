import type { OutputItem } from '../../../src-shared/contract/index.ts'
import { printable, printableLine } from '../../base/index.ts'
import { integerOf, isObject, type JsonObject, textOf } from '../line-parser.ts'

/**
 * What an item of a thread says, when it begins or when it is complete; undefined when its type is not known,
 * null when it says nothing. Only a command is worth two lines.
 */
export function readItem(item: JsonObject, isComplete: boolean): OutputItem | null | undefined {
  const type = textOf(item['type'])
  if (type === 'commandExecution') return isComplete ? endedCommand(item) : startedCommand(item)
  if (SILENT.has(type)) return null
  const read = readers[type]
  if (!read) return undefined
  return isComplete ? read(item) : null
}

/** The files that a change is about, relative to the worktree where they lie in it. */
export function pathsOf(changes: unknown, worktree: string): string[] {
  const list = Array.isArray(changes) ? changes.filter(isObject) : []
  return list.map((change) => {
    const path = printable(textOf(change['path']))
    return path.startsWith(`${worktree}/`) ? path.slice(worktree.length + 1) : path
  })
}

/** A command without the shell that Codex puts around it, where what is inside is quoted plainly. */
export function commandOf(text: string): string {
  const inner = /^(?:\/\S+\/)?(?:ba|z|da)?sh -l?c '([^']*)'$/.exec(text)?.[1]
  return printable(inner ?? text)
}

// What the user said, and what is told by other messages.
const SILENT = new Set(['userMessage', 'contextCompaction', 'hookPrompt'])

const readers: Readonly<Record<string, (item: JsonObject) => OutputItem | null>> = {
  agentMessage: (item) => ({ kind: 'message', text: printable(textOf(item['text'])) }),
  reasoning: (item) => {
    const text = printable([...textsOf(item['summary']), ...textsOf(item['content'])].join('\n'))
    return text === '' ? null : { kind: 'reasoning', text }
  },
  plan: (item) => ({ kind: 'tool', name: 'plan', text: printable(textOf(item['text'])) }),
  fileChange: (item) => {
    const paths = pathsOf(item['changes'], textOf(item['worktree']))
    if (item['status'] === 'completed') return { kind: 'file_change', paths }
    return { kind: 'warning', text: `did not change ${paths.join(', ')}` }
  },
  mcpToolCall: (item) => ({
    kind: 'tool',
    name: printableLine(`${textOf(item['server'])}.${textOf(item['tool'])}`),
  }),
  dynamicToolCall: (item) => ({
    kind: 'tool',
    name: printableLine(textOf(item['tool'])) || 'tool',
  }),
  webSearch: (item) => ({
    kind: 'tool',
    name: 'web_search',
    text: printable(textOf(item['query'])),
  }),
  imageView: (item) => ({
    kind: 'tool',
    name: 'view_image',
    text: printable(textOf(item['path'])),
  }),
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(textOf).filter((text) => text !== '') : []

const startedCommand = (item: JsonObject): OutputItem => ({
  kind: 'command',
  command: commandOf(textOf(item['command'])),
  state: 'started',
})

function endedCommand(item: JsonObject): OutputItem {
  const declined = item['status'] === 'declined'
  return {
    kind: 'command',
    command: commandOf(textOf(item['command'])),
    state: 'ended',
    output: declined ? 'It was not allowed.' : printable(textOf(item['aggregatedOutput'])),
    exitCode: integerOf(item['exitCode']),
  }
}
