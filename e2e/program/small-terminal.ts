/**
 * What a person would see on a terminal: just enough of one (ECMA-48: cursor movement, erasing, CR, LF) to
 * read a program that draws over its own lines. Colours and modes change nothing that is read; lines are
 * not wrapped, and nothing scrolls away.
 */
export interface SmallTerminal {
  write(chunk: string): void
  /** All lines, without trailing blanks. */
  lines(): string[]
}

const ESCAPE = '\u001b'
// A whole escape sequence: CSI with parameters, OSC up to its end, or two characters.
const SEQUENCE = new RegExp(`^${ESCAPE}(?:\\[([0-?]*)[ -/]*([@-~])|\\][^\\u0007]*\\u0007|[^[\\]])`)

interface Screen {
  rows: string[][]
  row: number
  column: number
}

export function createSmallTerminal(): SmallTerminal {
  const screen: Screen = { rows: [[]], row: 0, column: 0 }
  let unread = ''
  return {
    write(chunk) {
      unread += chunk
      while (unread !== '') {
        const rest = unread.startsWith(ESCAPE) ? obey(screen, unread) : print(screen, unread)
        // The other half of a sequence comes with the next chunk.
        if (rest === undefined) return
        unread = rest
      }
    },
    lines: () => screen.rows.map((line) => line.join('').trimEnd()),
  }
}

function print(screen: Screen, text: string): string {
  const [character = ''] = text
  if (character === '\r') screen.column = 0
  else if (character === '\n') screen.row += 1
  else if (character >= ' ') {
    const line = lineOf(screen)
    while (line.length < screen.column) line.push(' ')
    line[screen.column] = character
    screen.column += 1
  }
  return text.slice(character.length)
}

function lineOf({ rows, row }: Screen): string[] {
  while (rows.length <= row) rows.push([])
  return rows[row] ?? []
}

function obey(screen: Screen, text: string): string | undefined {
  const found = SEQUENCE.exec(text)
  if (!found) return undefined
  const [whole, parameters = '', final = ''] = found
  const isPrivate = /[<=>?]/.test(parameters)
  if (!isPrivate) control(screen, final, Number.parseInt(parameters, 10) || 0)
  return text.slice(whole.length)
}

function control(screen: Screen, final: string, n: number): void {
  const by = Math.max(1, n)
  switch (final) {
    case 'A':
      screen.row = Math.max(0, screen.row - by)
      return
    case 'B':
      screen.row += by
      return
    case 'C':
      screen.column += by
      return
    case 'D':
      screen.column = Math.max(0, screen.column - by)
      return
    case 'G':
      screen.column = by - 1
      return
    case 'J':
      eraseBelow(screen, n)
      return
    case 'K':
      eraseInLine(screen, n)
      return
    default:
  }
}

function eraseBelow(screen: Screen, n: number): void {
  if (n === 2) screen.rows = [[]]
  else screen.rows.splice(screen.row, screen.rows.length, lineOf(screen).slice(0, screen.column))
}

function eraseInLine(screen: Screen, n: number): void {
  const line = lineOf(screen)
  if (n === 0) line.length = Math.min(line.length, screen.column)
  else line.fill(' ', 0, n === 1 ? screen.column + 1 : line.length)
}
