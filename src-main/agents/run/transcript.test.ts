import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OutputItem, outputItemSchema } from '../../../src-shared/contract/index.ts'
import { renderItem } from './transcript.ts'

const text = fc.string({ unit: 'binary' })
const item: fc.Arbitrary<OutputItem> = fc.oneof(
  fc.record({ kind: fc.constantFrom('message', 'reasoning', 'warning', 'raw'), text }),
  fc.record({ kind: fc.constant('file_change' as const), paths: fc.array(text) }),
  fc.record({ kind: fc.constant('tool' as const), name: text, text }),
  fc.record({
    kind: fc.constant('command' as const),
    command: text,
    state: fc.constantFrom('started' as const, 'ended' as const),
    output: text,
    exitCode: fc.option(fc.integer()),
  }),
) as fc.Arbitrary<OutputItem>

const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

describe('the transcript', () => {
  it('is whole lines of harmless text in our own colours, whatever the agent says', () => {
    fc.assert(
      fc.property(item, (value) => {
        expect(outputItemSchema.safeParse(value).success).toBe(true)
        const shown = renderItem(value)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are taken away
        const rest = shown.replace(/\u001b\[(?:\d{1,2})?m/g, '').replaceAll('\r\n', '\n')
        expect(rest).not.toMatch(STEERING)
        expect(shown === '' || shown.endsWith('\r\n')).toBe(true)
      }),
    )
  })

  it('shows a command, the end of its output and a bad exit code', () => {
    expect(renderItem({ kind: 'command', command: 'ls', state: 'started' })).toBe(
      '\u001b[36m$ ls\u001b[0m\r\n',
    )
    const output = Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n')
    const shown = renderItem({
      kind: 'command',
      command: 'ls',
      state: 'ended',
      output,
      exitCode: 2,
    })
    expect(shown).toContain('… 60 lines before …')
    expect(shown).not.toContain('line 59')
    expect(shown).toContain('line 60')
    expect(shown).toContain('\u001b[31mexit code 2\u001b[0m')
  })

  it('cuts what is too long and says how much', () => {
    const shown = renderItem({ kind: 'message', text: 'x'.repeat(1_000_000) })
    expect(shown.length).toBeLessThan(21_000)
    expect(shown).toContain('980000 characters more')
  })
})
