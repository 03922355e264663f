import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineSplitter } from './line-splitter.ts'

const lines = (chunks: readonly Buffer[]) => {
  const splitter = createLineSplitter()
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]
}

describe('the line splitter', () => {
  it('gives the same lines as a split of the whole, however the bytes are cut', () => {
    const part = fc.constantFrom('a', 'ü', '😀', '\n', '\r\n', ' ')
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat({ max: 9 })), (parts, sizes) => {
        const bytes = Buffer.from(parts.join(''))
        const chunks: Buffer[] = []
        let at = 0
        for (const size of sizes) {
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        chunks.push(bytes.subarray(at))
        const expected = parts.join('').split(/\r?\n/)
        if (expected.at(-1) === '') expected.pop()
        expect(lines(chunks)).toEqual(expected)
      }),
    )
  })

  it('cuts a line without an end into pieces of four megabytes, wherever the chunks end', () => {
    const bytes = Buffer.alloc(9 * 1024 * 1024, 'x')
    const sizes = (chunks: Buffer[]) => lines(chunks).map((line) => line.length)
    const expected = [4_194_304, 4_194_304, 1_048_576]
    expect(sizes([bytes])).toEqual(expected)
    const pieces = Array.from({ length: 9 * 16 }, (_, n) =>
      bytes.subarray(n * 65_536, (n + 1) * 65_536),
    )
    expect(sizes(pieces)).toEqual(expected)
  })
})
