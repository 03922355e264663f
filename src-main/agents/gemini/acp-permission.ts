import { isAbsolute, relative } from 'node:path'
import { printable } from '../../base/index.ts'
import type { PermissionAnswer, PermissionQuestion } from '../adapter.ts'
import { isObject, type JsonObject, textOf } from '../line-parser.ts'
import { contentOf, pathsOf, toolNameOf } from './acp-tool.ts'

/** One `session/request_permission`, read. */
export interface PermissionRequest {
  tool: JsonObject
  question: Omit<PermissionQuestion, 'id'>
  /** Decided without a person: what the worktree's rules already say, or what nobody can judge. */
  settled?: PermissionAnswer['decision']
  /** The answer's `outcome`. Never one that would hold for later requests as well. */
  outcome(decision: PermissionAnswer['decision']): JsonObject
}

/** The name under which our own tools are offered. */
export const OWN_SERVER = 'thalogos'
// The gateway's tool for permission prompts.
const ASKING_TOOL = 'approve'

export function readPermission(params: JsonObject, worktree: string): PermissionRequest {
  const tool = isObject(params['toolCall']) ? params['toolCall'] : {}
  const settled = settle(tool, worktree)
  return {
    tool,
    question: describe(tool),
    ...(settled ? { settled } : {}),
    outcome: (decision) => {
      const kind = decision === 'allow' ? 'allow_once' : 'reject_once'
      const options = Array.isArray(params['options']) ? params['options'].filter(isObject) : []
      const optionId = options.find((option) => option['kind'] === kind)?.['optionId']
      // Without the option meant, the protocol's own "cancelled" is the only answer that allows nothing.
      return typeof optionId === 'string'
        ? { outcome: 'selected', optionId }
        : { outcome: 'cancelled' }
    },
  }
}

/**
 * - Edits inside the worktree are the task itself, except of what git or Gemini would run or believe.
 * - Our own tools and its list of things to do touch nothing of the user's. The one by which another CLI
 *   asks for permission is no tool for a model.
 * - Its plan mode waits for a person to approve a plan before anything is written.
 */
function settle(tool: JsonObject, worktree: string): PermissionAnswer['decision'] | undefined {
  const name = toolNameOf(tool)
  const title = textOf(tool['title'])
  if (name === 'write_todos') return 'allow'
  if (name === 'enter_plan_mode') return 'deny'
  if (name === `mcp_${OWN_SERVER}_${ASKING_TOOL}`) return 'deny'
  // The id's prefix is the CLI's, the title may be the model's: together they name the server.
  if (name.startsWith(`mcp_${OWN_SERVER}_`) && title.endsWith(`(${OWN_SERVER} MCP Server)`)) {
    return 'allow'
  }
  const paths = pathsOf(tool)
  const isEdit = tool['kind'] === 'edit' && paths.length > 0
  return isEdit && paths.every((path) => isOwnWork(path, worktree)) ? 'allow' : undefined
}

// Hooks and settings; and the variables that Gemini takes from there at its next start.
const GUARDED: ReadonlySet<string> = new Set(['', '..', '.git', '.gemini', '.env'])

function isOwnWork(path: string, worktree: string): boolean {
  if (!isAbsolute(path)) return false
  const way = relative(worktree, path)
  const [first = ''] = way.split(/[\\/]/)
  return !isAbsolute(way) && !GUARDED.has(first.toLowerCase())
}

function describe(tool: JsonObject): Omit<PermissionQuestion, 'id'> {
  const title = printable(textOf(tool['title']))
  const text = printable(contentOf(tool))
  if (tool['kind'] === 'execute') {
    // The title is the command, whole; the text says where and what for.
    return { tool: 'shell', subject: title, ...(text === '' ? {} : { why: text }) }
  }
  if (tool['kind'] === 'edit') {
    const paths = pathsOf(tool).map(printable).join('\n')
    return { tool: 'edit', subject: paths || title, why: title }
  }
  const name = tool['kind'] === 'fetch' ? 'fetch' : printable(toolNameOf(tool)) || 'tool'
  return { tool: name, subject: text === '' ? title : `${title}\n${text}` }
}
