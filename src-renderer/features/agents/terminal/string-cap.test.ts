import xterm from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createStringCap } from './string-cap.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (parts: Uint8Array[]) => parts.map((part) => new TextDecoder().decode(part)).join('')

describe('the cap of strings', () => {
  it('changes nothing of what ends in time, wherever the stream is cut', () => {
    const whole = bytes('a\u001b]0;title\u0007b\u001bPq\u001b\\c\u009d52;x\u009cd ü\u001b[31m')
    fc.assert(
      fc.property(fc.array(fc.nat({ max: whole.length })), (cuts) => {
        const cap = createStringCap(20)
        const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length]
        const parts = places.slice(1).flatMap((to, n) => cap(whole.subarray(places[n], to)))
        expect(parts.flatMap((part) => [...part])).toEqual([...whole])
      }),
    )
  })

  it('ends one that has no end, so that what follows is shown', () => {
    const cap = createStringCap(4)
    expect(text(cap(bytes('\u001b]0;12345678')))).toBe('\u001b]0;12\u001b\\345678')
    expect(text(cap(bytes('next')))).toBe('next')
  })

  // Each of these leaves a terminal blank for ever when nobody ends it.
  it.each(['\u001b]0;', '\u001bP', '\u001b_', '\u001b^', '\u001bX', '\u009d', '\u0090'])(
    'lets a terminal go on after %j and a megabyte',
    async (opener) => {
      const terminal = new xterm.Terminal({ cols: 20, rows: 3, allowProposedApi: true })
      const cap = createStringCap()
      for (const part of cap(bytes(`${opener}${'x'.repeat(1_000_000)}\r\nseen`)))
        terminal.write(part)
      await new Promise<void>((resolve) => terminal.write('', resolve))
      const buffer = terminal.buffer.active
      expect(buffer.getLine(buffer.baseY + buffer.cursorY)?.translateToString(true)).toBe('seen')
    },
  )
})
