import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { fold } from './apply.ts'
import { emptyProjection, type Projection } from './projection.ts'

// Between two of them a step back folds at most this many events: about a millisecond.
const EVERY = 500

// By the first event of a history: more is only ever added at its end.
const kept = new WeakMap<StoredEvent, Projection[]>()

/** What was known when the event `seq` had happened, from the events of one session in order. Pure. */
export function projectionAt(history: readonly StoredEvent[], seq: number): Projection {
  const first = history[0]
  const length = countUpTo(history, seq)
  if (!first || length === 0) return emptyProjection
  const snapshots = kept.get(first) ?? [emptyProjection]
  kept.set(first, snapshots)
  const needed = Math.floor(length / EVERY)
  for (let n = snapshots.length; n <= needed; n += 1) {
    const before = snapshots[n - 1] ?? emptyProjection
    snapshots.push(fold(before, history.slice((n - 1) * EVERY, n * EVERY)))
  }
  return fold(snapshots[needed] ?? emptyProjection, history.slice(needed * EVERY, length))
}

/** How many events have a number up to `seq`; the numbers grow. */
function countUpTo(history: readonly StoredEvent[], seq: number): number {
  let low = 0
  let high = history.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((history[middle]?.seq ?? 0) <= seq) low = middle + 1
    else high = middle
  }
  return low
}
