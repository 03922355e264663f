import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLogTail } from './log-tail.ts'

it('has the newest bytes, whatever pieces they came in and are read in, and says when it has not', () => {
  const text = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 20 })
  const place = fc.record({
    begin: fc.nat(100),
    from: fc.nat(500),
    max: fc.integer({ min: 1, max: 60 }),
  })
  fc.assert(
    fc.property(text, place, (pieces, { begin, from, max }) => {
      const kept = 50
      const tail = createLogTail(begin, kept)
      for (const piece of pieces) tail.add(Buffer.from(piece))
      const all = Buffer.concat(pieces)
      const read = tail.read(from, max)
      const at = from - begin
      if (at >= Math.max(0, all.length - kept) && at < all.length) expect(read).toBeDefined()
      if (at < 0 || at >= all.length) expect(read).toBeUndefined()
      if (read) expect(read).toEqual(all.subarray(at, at + max))
    }),
  )
})
