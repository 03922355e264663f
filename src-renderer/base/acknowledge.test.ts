import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FLOW } from '../../src-shared/contract/index.ts'
import { createAcknowledger } from './acknowledge.ts'

describe('acknowledging', () => {
  it('keeps the parser busy with one window while the next is on its way, and no more', () => {
    const sent: number[] = []
    const acknowledger = createAcknowledger((bytes) => sent.push(bytes))
    acknowledger.received(FLOW.pause)
    expect(sent).toEqual([FLOW.pause])
    acknowledger.received(FLOW.pause)
    expect(sent).toEqual([FLOW.pause])
    acknowledger.parsed(FLOW.every - 1)
    expect(sent).toHaveLength(1)
    acknowledger.parsed(1)
    expect(sent).toEqual([FLOW.pause, FLOW.every])
  })

  it('acknowledges a single key once it is on the screen', () => {
    const sent: number[] = []
    const acknowledger = createAcknowledger((bytes) => sent.push(bytes))
    acknowledger.received(1)
    expect(sent).toEqual([])
    acknowledger.parsed(1)
    expect(sent).toEqual([1])
  })

  it('acknowledges each byte once, and never leaves more than two windows unparsed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 80_000 }), { minLength: 1 }),
        fc.infiniteStream(fc.boolean()),
        (sizes, turns) => {
          let acked = 0
          let received = 0
          const queue: number[] = []
          const acknowledger = createAcknowledger((bytes) => {
            acked += bytes
          })
          const parse = () => {
            const next = queue.shift()
            if (next !== undefined) acknowledger.parsed(next)
          }
          for (const size of sizes) {
            // The gateway sends only what it may.
            while (received + size - acked > FLOW.pause) parse()
            received += size
            queue.push(size)
            acknowledger.received(size)
            expect(queue.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(2 * FLOW.pause)
            if (turns.next().value) parse()
          }
          while (queue.length > 0) parse()
          expect(acked).toBe(received)
        },
      ),
    )
  })
})
