import type { OutputItem } from '../../../src-shared/contract/index.ts'
import { assertNever, printable } from '../../base/index.ts'
import type { PermissionAnswer, PermissionQuestion } from '../adapter.ts'
import type { RunEvent } from './dialogue.ts'

// SGR codes (ECMA-48, 8.3.117): the eight basic colours, so that the terminal's theme decides.
const STYLE = { plain: '', bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' }
type Style = keyof typeof STYLE

// The kinds of tool that have a common name (PermissionQuestion); any other is named itself.
const WISHES: ReadonlyMap<string, string> = new Map([
  ['shell', 'wants to run'],
  ['edit', 'wants to change'],
  ['fetch', 'wants to fetch'],
])

// A command's output is evidence for a reader, not the log: its end tells how it went.
const OUTPUT_LINES = 40
// One item never fills a screen many times over; everything is in the raw log.
const ITEM_CHARS = 20_000

/** What a reader sees of an event; nothing of those that only matter to us. */
export function renderEvent(event: RunEvent): string {
  switch (event.type) {
    case 'item':
      return renderItem(event.item)
    case 'asked':
      return paint('yellow', `? ${wish(event.question)}`)
    case 'answered':
      return renderAnswer(event.answer)
    case 'withdrawn':
      return paint('dim', 'no longer asked')
    case 'session':
    case 'usage':
    case 'closed':
    case 'send':
      return ''
    default:
      return assertNever(event)
  }
}

function wish({ tool, subject, why }: PermissionQuestion): string {
  const verb = WISHES.get(tool) ?? `wants to use ${tool}`
  return `${verb}: ${subject}${why === undefined ? '' : ` (${why})`}`
}

function renderAnswer({ decision, note }: PermissionAnswer): string {
  const said = note === undefined || note === '' ? '' : `: ${note}`
  return decision === 'allow' ? paint('green', `allowed${said}`) : paint('red', `denied${said}`)
}

/** What a reader sees of one item, for a terminal: whole lines ending in CR LF. Pure; hostile text is made harmless. */
export function renderItem(item: OutputItem): string {
  switch (item.kind) {
    case 'message':
      return paint('plain', item.text)
    case 'reasoning':
      return paint('dim', item.text)
    case 'command':
      return item.state === 'started' ? paint('cyan', `$ ${item.command}`) : renderEnd(item)
    case 'file_change':
      return paint('green', `changed ${item.paths.join(', ')}`)
    case 'tool':
      return paint('cyan', item.text ? `${item.name}: ${item.text}` : item.name)
    case 'warning':
      return paint('yellow', `! ${item.text}`)
    case 'raw':
      return paint('dim', item.text)
    default:
      return assertNever(item)
  }
}

/** A line of the orchestrator's own, told apart from the agent's. */
export const renderNote = (text: string): string => paint('bold', `— ${text}`)

function renderEnd(item: Extract<OutputItem, { kind: 'command' }>): string {
  const output = item.output?.trimEnd() ? paint('dim', lastLines(item.output.trimEnd())) : ''
  const { exitCode } = item
  // Not every CLI tells it; null says that there was none.
  if (exitCode === 0 || exitCode === undefined) return output
  return output + paint('red', exitCode === null ? 'no exit code' : `exit code ${exitCode}`)
}

function lastLines(text: string): string {
  const lines = text.split('\n')
  if (lines.length <= OUTPUT_LINES) return text
  const left = lines.length - OUTPUT_LINES
  return [`… ${left} lines before …`, ...lines.slice(left)].join('\n')
}

/** Each line carries its own style, so that a viewer that starts in the middle shows it right. */
function paint(style: Style, text: string): string {
  const cut =
    text.length > ITEM_CHARS
      ? `${text.slice(0, ITEM_CHARS)}… (${text.length - ITEM_CHARS} characters more in the raw log)`
      : text
  const lines = `${printable(cut).replaceAll('\n', '\r\n')}\r\n`
  return STYLE[style] ? lines.replaceAll(/[^\r\n]+/g, `\u001b[${STYLE[style]}m$&\u001b[0m`) : lines
}
