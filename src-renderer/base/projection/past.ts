import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { fold } from './apply.ts'
import { emptyProjection, type Projection } from './projection.ts'

// Between two of them a step back folds at most this many events: about a millisecond.
const EVERY = 500

// By the first event of a history: more is only ever added at its end.
const kept = new WeakMap<StoredEvent, Projection[]>()

/** What was known when the event `seq` had happened, from the events of one session in order. Pure. */
export function projectionAt(history: readonly StoredEvent[], seq: number): Projection {
  const length = countUpTo(history, seq)
  if (length === 0) return emptyProjection
  const snapshots = snapshotsOf(history)
  const needed = Math.floor(length / EVERY)
  while (snapshots.length <= needed) addSnapshot(snapshots, history)
  return fold(snapshots[needed] ?? emptyProjection, history.slice(needed * EVERY, length))
}

/** Does a part of the work of `projectionAt` ahead, about a millisecond of it; false when nothing is left to do. */
export function preparePast(history: readonly StoredEvent[]): boolean {
  const snapshots = snapshotsOf(history)
  if (snapshots.length > Math.floor(history.length / EVERY)) return false
  addSnapshot(snapshots, history)
  return true
}

function snapshotsOf(history: readonly StoredEvent[]): Projection[] {
  const [first] = history
  const snapshots = (first && kept.get(first)) ?? [emptyProjection]
  if (first) kept.set(first, snapshots)
  return snapshots
}

function addSnapshot(snapshots: Projection[], history: readonly StoredEvent[]): void {
  const n = snapshots.length
  const before = snapshots[n - 1] ?? emptyProjection
  snapshots.push(fold(before, history.slice((n - 1) * EVERY, n * EVERY)))
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
