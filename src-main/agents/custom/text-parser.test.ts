import { describe, expect, it } from 'vitest'
import { createTextParser } from './text-parser.ts'

const messages = (events: ReturnType<ReturnType<typeof createTextParser>['push']>) =>
  events.map((event) =>
    event.type === 'item' && event.item.kind === 'message' ? event.item.text : '',
  )
const answerOf = (events: ReturnType<ReturnType<typeof createTextParser>['end']>) =>
  events.flatMap((event) =>
    event.type === 'closed' && event.closing.ok ? [event.closing.answer] : [],
  )

describe('plain text', () => {
  it('is one message for the lines that come together, however characters are cut', () => {
    const parser = createTextParser()
    const bytes = Buffer.from('first ü\r\nsecond\n\n \nthird')
    expect(messages(parser.push(bytes.subarray(0, 7)))).toEqual([])
    expect(messages(parser.push(bytes.subarray(7)))).toEqual(['first ü\nsecond'])
    const end = parser.end(0)
    expect(messages(end)).toEqual(['third', ''])
    expect(answerOf(end)).toEqual(['first ü\nsecond\nthird'])
  })

  it('is cut into items of a page or two at its line feeds, and without any anywhere', () => {
    const lines = `${'x'.repeat(99)}\n`.repeat(1_000)
    const cut = messages(createTextParser().push(Buffer.from(lines)))
    expect(cut.map((piece) => `${piece}\n`).join('')).toBe(lines)
    expect(Math.max(...cut.map(({ length }) => length))).toBeLessThanOrEqual(16_000)
    const endless = messages(createTextParser().push(Buffer.alloc(1_100_000, 'y')))
    expect(endless.join('')).toBe('y'.repeat(1_100_000))
    expect(endless).toHaveLength(69)
  })

  it('answers with whole lines from its end, and of a longer line with its end', () => {
    const parser = createTextParser()
    for (let n = 0; n < 20_000; n += 1) parser.push(Buffer.from(`line ${n}\n`))
    const [answer = ''] = answerOf(parser.end(0))
    expect(answer.length).toBeLessThanOrEqual(64 * 1024)
    expect(answer).toMatch(/^line \d+\n/)
    expect(answer.endsWith('line 19999')).toBe(true)
    const long = createTextParser()
    long.push(Buffer.from(`a\n${'b'.repeat(70_000)}\n`))
    expect(answerOf(long.end(0))).toEqual(['b'.repeat(64 * 1024)])
  })
})
