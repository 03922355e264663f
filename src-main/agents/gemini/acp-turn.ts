import { relative } from 'node:path'
import type { OutputItem } from '../../../src-shared/contract/index.ts'
import { printable } from '../../base/index.ts'
import type { AgentEvent } from '../adapter.ts'
import { entryOf, isObject, type JsonObject, textOf } from '../line-parser.ts'
import { contentOf, pathsOf, toolNameOf } from './acp-tool.ts'

/** What the agent says and does in answer to one prompt. */
export interface Turn {
  /** One `session/update`; undefined when its kind is not known. */
  update(update: JsonObject): AgentEvent[] | undefined
  /** A tool that had to be asked for: an allowed one is begun without a word of the agent. */
  decided(tool: JsonObject, isAllowed: boolean): AgentEvent[]
  /** What was said up to now, as one message. */
  flush(): AgentEvent[]
  /** Its last words, if it said any after its last deed. */
  readonly answer: string | undefined
}

export function createTurn(worktree: string): Turn {
  const titles = new Map<string, string>()
  let words = ''
  let answer: string | undefined

  const flush = (): AgentEvent[] => {
    if (words === '') return []
    answer = words
    words = ''
    return [item({ kind: 'message', text: printable(answer) })]
  }
  const acted = (then: () => AgentEvent[]): AgentEvent[] => {
    const said = flush()
    answer = undefined
    return [...said, ...then()]
  }
  const begun = (tool: JsonObject): AgentEvent[] => {
    titles.set(textOf(tool['toolCallId']), textOf(tool['title']))
    return tool['kind'] === 'execute'
      ? [item({ kind: 'command', command: printable(textOf(tool['title'])), state: 'started' })]
      : []
  }
  const ended = (tool: JsonObject): AgentEvent[] => {
    const id = textOf(tool['toolCallId'])
    // A failure does not repeat the title.
    const title = textOf(tool['title']) || titles.get(id) || toolNameOf(tool)
    titles.delete(id)
    return [item(readEnd(tool, { title: printable(title), worktree }))]
  }
  const step = (tool: JsonObject) => (isOver(tool) ? ended(tool) : begun(tool))
  const readers: Readonly<Record<string, (update: JsonObject) => AgentEvent[]>> = {
    agent_message_chunk: (update) => {
      words += chunkOf(update)
      return []
    },
    // Each is a whole thought.
    agent_thought_chunk: (update) => [
      ...flush(),
      item({ kind: 'reasoning', text: printable(chunkOf(update)) }),
    ],
    tool_call: (update) => acted(() => step(update)),
    tool_call_update: (update) => acted(() => (isOver(update) ? ended(update) : [])),
  }
  return {
    update: (update) => entryOf(readers, textOf(update['sessionUpdate']))?.(update),
    decided: (tool, isAllowed) => acted(() => (isAllowed ? begun(tool) : [])),
    flush,
    get answer() {
      return answer
    },
  }
}

const isOver = (tool: JsonObject): boolean =>
  tool['status'] === 'completed' || tool['status'] === 'failed'

const chunkOf = (update: JsonObject): string =>
  isObject(update['content']) ? textOf(update['content']['text']) : ''

function readEnd(
  tool: JsonObject,
  { title, worktree }: { title: string; worktree: string },
): OutputItem {
  const output = printable(contentOf(tool))
  const hasFailed = tool['status'] === 'failed'
  if (tool['kind'] === 'execute') {
    return { kind: 'command', command: title, state: 'ended', ...readCommandEnd(output, hasFailed) }
  }
  const paths = pathsOf(tool).map((path) => printable(shorten(path, worktree)))
  if (tool['kind'] === 'edit' && !hasFailed && paths.length > 0) {
    return { kind: 'file_change', paths }
  }
  const name = printable(toolNameOf(tool) || textOf(tool['kind']) || 'tool')
  return { kind: 'tool', name, text: hasFailed ? `${title}: failed: ${output}` : title }
}

/**
 * The protocol carries a command's output but not its exit code. Without output the CLI says the code in
 * its place, and nothing at all for zero; with output the code is not told.
 */
function readCommandEnd(
  output: string,
  hasFailed: boolean,
): Pick<Extract<OutputItem, { kind: 'command' }>, 'output' | 'exitCode'> {
  if (hasFailed) return { output, exitCode: null }
  const code = /^Command exited with code: (\d+)$/.exec(output)?.[1]
  if (code !== undefined) return { output: '', exitCode: Number(code) }
  return output === '' ? { output, exitCode: 0 } : { output }
}

function shorten(path: string, worktree: string): string {
  const way = relative(worktree, path)
  return way.startsWith('..') ? path : way
}

const item = (value: OutputItem): AgentEvent => ({ type: 'item', item: value })
