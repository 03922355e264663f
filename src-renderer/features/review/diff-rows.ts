import type { FileDiff } from '../../../src-shared/contract/index.ts'

/** A line of a diff; the numbers are those of each side, from 1. */
export interface DiffLine {
  sign: ' ' | '+' | '-'
  text: string
  before?: number
  after?: number
}

/** What stands beside what: in the unified view only `left` or `right` of a changed line is there. */
export type DiffRow =
  | { kind: 'hunk'; key: string; text: string }
  | { kind: 'line'; key: string; left?: DiffLine; right?: DiffLine }

/** The line of the new side, of which something can be said. */
export const lineOf = (row: DiffRow): number | undefined =>
  row.kind === 'line' ? row.right?.after : undefined

export type Layout = 'unified' | 'split'

/** The rows of a file's diff, top to bottom. Pure, and one pass over its lines. */
export function diffRows({ hunks = [] }: FileDiff, layout: Layout): DiffRow[] {
  return hunks.flatMap((hunk, index) => {
    const { oldStart, newStart, section } = hunk
    const lines = numbered(hunk)
    const head: DiffRow = {
      kind: 'hunk',
      key: `h${index}`,
      text: `@@ −${oldStart} +${newStart} @@ ${section}`,
    }
    return [head, ...(layout === 'split' ? besideEachOther(lines) : lines.map(below))]
  })
}

type Hunk = NonNullable<FileDiff['hunks']>[number]

function numbered({ lines, oldStart, newStart }: Hunk): DiffLine[] {
  let [before, after] = [oldStart, newStart]
  return lines.flatMap((line): DiffLine[] => {
    const text = line.slice(1)
    if (line[0] === '+') return [{ sign: '+', text, after: after++ }]
    if (line[0] === '-') return [{ sign: '-', text, before: before++ }]
    // "\ No newline at end of file" is about the line above, and no line.
    return line[0] === '\\' ? [] : [{ sign: ' ', text, before: before++, after: after++ }]
  })
}

const keyOf = ({ before, after }: DiffLine): string => `${before ?? ''}:${after ?? ''}`

const below = (line: DiffLine): DiffRow => ({
  kind: 'line',
  key: keyOf(line),
  ...(line.sign === '-' ? { left: line } : { right: line }),
})

/** Removed lines beside the added ones that follow them. */
function besideEachOther(lines: readonly DiffLine[]): DiffRow[] {
  const rows: DiffRow[] = []
  const removed: DiffLine[] = []
  const put = (left: DiffLine | undefined, right: DiffLine | undefined) => {
    const line = right ?? left
    if (!line) return
    rows.push({ kind: 'line', key: keyOf(line), ...(left && { left }), ...(right && { right }) })
  }
  for (const line of lines) {
    if (line.sign === '-') removed.push(line)
    else if (line.sign === '+') put(removed.shift(), line)
    else {
      for (const left of removed.splice(0)) put(left, undefined)
      put(line, line)
    }
  }
  for (const left of removed) put(left, undefined)
  return rows
}
