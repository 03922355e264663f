import type { OutputItem } from '../../../src-shared/contract/index.ts'
import { printable, printableLine } from '../../base/index.ts'
import type { AgentEvent } from '../adapter.ts'
import { isObject, type JsonObject, textOf } from '../line-parser.ts'

/** Follows tool calls from what Claude wants to what came of it. */
export interface ClaudeTools {
  use(block: JsonObject): AgentEvent[]
  result(block: JsonObject): AgentEvent[]
}

interface Call {
  name: string
  input: JsonObject
}

// Its tools that change a file, and the field that says which.
const FILE_FIELDS: ReadonlyMap<string, string> = new Map([
  ['Edit', 'file_path'],
  ['MultiEdit', 'file_path'],
  ['Write', 'file_path'],
  ['NotebookEdit', 'notebook_path'],
])
// By this tool it hands in an answer under a schema, which the closing event repeats.
const ANSWER = 'StructuredOutput'
// The first of these that a tool's input has says what it is about.
const SUBJECTS = ['file_path', 'pattern', 'url', 'query', 'description', 'subject', 'skill', 'path']
// What a tool is called with stands on one line of the transcript.
const SUBJECT_CHARS = 300

export function createClaudeTools(): ClaudeTools {
  const open = new Map<string, Call>()
  return {
    use(block) {
      const call = {
        name: textOf(block['name']),
        input: isObject(block['input']) ? block['input'] : {},
      }
      open.set(textOf(block['id']), call)
      return tell(begin(call))
    },
    result(block) {
      const id = textOf(block['tool_use_id'])
      const call = open.get(id)
      open.delete(id)
      if (call === undefined) return []
      const text = printable(textOfContent(block['content']))
      return tell(end(call, { text, hasFailed: block['is_error'] === true }))
    },
  }
}

const tell = (item: OutputItem | undefined): AgentEvent[] =>
  item === undefined ? [] : [{ type: 'item', item }]

/** A command is told twice; an edit only when it is done. */
function begin({ name, input }: Call): OutputItem | undefined {
  if (name === 'Bash') return { kind: 'command', command: commandOf(input), state: 'started' }
  if (name === ANSWER || FILE_FIELDS.has(name)) return undefined
  const text = subjectOf(input)
  return { kind: 'tool', name: nameOf(name), ...(text === '' ? {} : { text }) }
}

function end(
  { name, input }: Call,
  { text, hasFailed }: { text: string; hasFailed: boolean },
): OutputItem | undefined {
  if (name === 'Bash') {
    const command = commandOf(input)
    const [output, exitCode] = hasFailed ? failedCommand(text) : [text, 0]
    return { kind: 'command', command, state: 'ended', output, exitCode }
  }
  if (hasFailed) return { kind: 'warning', text: `${nameOf(name)}: ${withoutTag(text)}` }
  const field = FILE_FIELDS.get(name)
  if (field === undefined) return undefined
  return { kind: 'file_change', paths: [printable(textOf(input[field]))] }
}

const commandOf = (input: JsonObject) => printable(textOf(input['command']))

/** `Exit code 1`, a line feed, the output; without it the command never ran (denied, stopped). */
function failedCommand(text: string): [output: string, exitCode: number | null] {
  const match = /^Exit code (\d{1,3})(?:\n|$)/.exec(text)
  return match ? [text.slice(match[0].length), Number(match[1])] : [withoutTag(text), null]
}

const withoutTag = (text: string) => text.replace(/<\/?tool_use_error>/g, '')

/** `mcp__server__tool` → `server.tool`. */
const nameOf = (name: string): string =>
  printableLine(name.replace(/^mcp__(.+?)__(.+)$/, '$1.$2')) || 'tool'

function subjectOf(input: JsonObject): string {
  const known = SUBJECTS.map((field) => textOf(input[field])).find((text) => text !== '')
  const text = known ?? (Object.keys(input).length === 0 ? '' : JSON.stringify(input))
  return printableLine(text, SUBJECT_CHARS)
}

/** A result is a text, or a list of blocks of which the texts count. */
function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content
  const blocks = Array.isArray(content) ? content.filter(isObject) : []
  return blocks.map((block) => textOf(block['text'])).join('\n')
}
