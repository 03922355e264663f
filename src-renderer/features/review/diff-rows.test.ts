import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FileDiff } from '../../../src-shared/contract/index.ts'
import { type DiffRow, diffRows } from './diff-rows.ts'

const diff = (lines: string[]): FileDiff => ({
  path: 'a.ts',
  status: 'modified',
  added: 0,
  removed: 0,
  binary: false,
  oldMode: '100644',
  newMode: '100644',
  hunks: [{ oldStart: 4, oldLines: 0, newStart: 4, newLines: 0, section: 'f()', lines }],
})
const said = (row: DiffRow) =>
  row.kind === 'hunk' ? row.text : `${row.left?.text ?? ''}|${row.right?.text ?? ''}`

const LINES = [' same', '-old one', '-old two', '+new one', ' end', '\\ No newline at end of file']

describe('the rows of a diff', () => {
  it('stand one below the other, numbered on their sides', () => {
    const rows = diffRows(diff(LINES), 'unified')
    expect(rows.map(said)).toEqual([
      '@@ −4 +4 @@ f()',
      '|same',
      'old one|',
      'old two|',
      '|new one',
      '|end',
    ])
    expect(rows.at(-1)).toMatchObject({ right: { before: 7, after: 6 } })
  })

  it('stand side by side, what was removed beside what came for it', () => {
    const rows = diffRows(diff(LINES), 'split')
    expect(rows.map(said).slice(1)).toEqual(['same|same', 'old one|new one', 'old two|', 'end|end'])
  })

  it('have every line once, and each a key of its own, in both layouts', () => {
    const line = fc
      .tuple(fc.constantFrom(' ', '+', '-'), fc.string())
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(
        fc.array(line),
        fc.constantFrom('unified' as const, 'split' as const),
        (lines, layout) => {
          const rows = diffRows(diff(lines), layout)
          expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
          const texts = (side: 'left' | 'right', sign: string) =>
            rows.flatMap((row) =>
              row.kind === 'line' && row[side]?.sign === sign ? [row[side]?.text] : [],
            )
          const wanted = (sign: string) =>
            lines.filter((one) => one[0] === sign).map((one) => one.slice(1))
          expect(texts('left', '-')).toEqual(wanted('-'))
          expect(texts('right', '+')).toEqual(wanted('+'))
          expect(texts('right', ' ')).toEqual(wanted(' '))
        },
      ),
    )
  })
})
