import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { fold } from './apply.ts'
import { events } from './fixture/events.ts'
import { preparePast, projectionAt } from './past.ts'
import { emptyProjection } from './projection.ts'

it('is at every event what the events up to it tell, in whatever order it is asked', () => {
  // Long enough for several snapshots.
  const history = Array.from({ length: 120 }, () => events())
    .flat()
    .map((event, index) => ({ ...event, seq: 3 * index + 1 }) as StoredEvent)
  fc.assert(
    fc.property(fc.nat({ max: 3 * history.length + 5 }), (seq) => {
      const expected = fold(
        emptyProjection,
        history.filter((event) => event.seq <= seq),
      )
      expect(projectionAt(history, seq)).toEqual(expected)
    }),
    { numRuns: 30 },
  )
})

it('can be prepared in small parts, and is the same then', () => {
  const history = Array.from({ length: 80 }, () => events())
    .flat()
    .map((event, index) => ({ ...event, seq: index + 1 }) as StoredEvent)
  let parts = 0
  while (preparePast(history)) parts += 1
  expect(parts).toBe(Math.floor(history.length / 500))
  expect(projectionAt(history, 1_100)).toEqual(fold(emptyProjection, history.slice(0, 1_100)))
  expect(preparePast([])).toBe(false)
})

it('is empty before the first event, and without any', () => {
  expect(projectionAt([], 5)).toEqual(emptyProjection)
  expect(projectionAt(events(), 0)).toEqual(emptyProjection)
})
