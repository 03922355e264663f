/** What a run printed and nobody has taken yet; a run that prints faster than it is taken has to wait. */
export interface Intake {
  add(chunk: Buffer): void
  isEmpty(): boolean
  /** Up to BATCH_BYTES from the front, in order; of a stream, what comes in a moment together. */
  take(): Promise<Buffer>
  /** Nothing will be added: nobody waits for more. */
  end(): void
  /** Throws away what waits and lets the run go on. */
  drop(): void
}

// With this much waiting the disk is slower than the agent, which then has to wait; and goes on when
// most of it is written. A megabyte is a fraction of a second's writing on any disk.
const HIGH_BYTES = 1024 * 1024
const LOW_BYTES = 128 * 1024
// Each write to the disk wakes a thread and is told on to all who watch, so a program that prints without end is
// written a batch at a time, or every few milliseconds. A key's echo is little and waits for nothing.
const BATCH_BYTES = 64 * 1024
const GATHER_MS = 2
const LITTLE_BYTES = 1024

export function createIntake(flow: { pause(): void; resume(): void }): Intake {
  const waiting: Buffer[] = []
  let bytes = 0
  let isPaused = false
  let isStream = false
  let hasEnded = false
  let enough: (() => void) | undefined

  const gather = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS)
      enough = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const resume = () => {
    if (isPaused) flow.resume()
    isPaused = false
  }
  return {
    add(chunk) {
      waiting.push(chunk)
      bytes += chunk.length
      if (bytes >= BATCH_BYTES) enough?.()
      if (isPaused || bytes <= HIGH_BYTES) return
      isPaused = true
      flow.pause()
    },
    isEmpty: () => waiting.length === 0,
    async take() {
      if (isStream && bytes < BATCH_BYTES && !hasEnded) await gather()
      const batch = shift(waiting, BATCH_BYTES)
      bytes -= batch.length
      isStream = batch.length > LITTLE_BYTES
      if (bytes < LOW_BYTES) resume()
      return batch
    },
    end() {
      hasEnded = true
      enough?.()
    },
    drop() {
      waiting.length = 0
      bytes = 0
      resume()
    },
  }
}

/** Up to `room` bytes from the front; what does not fit stays. */
function shift(waiting: Buffer[], room: number): Buffer {
  const taken: Buffer[] = []
  let left = room
  while (left > 0) {
    const next = waiting.shift()
    if (next === undefined) break
    taken.push(next.subarray(0, left))
    if (next.length > left) waiting.unshift(next.subarray(left))
    left -= Math.min(left, next.length)
  }
  const [only] = taken
  return only !== undefined && taken.length === 1 ? only : Buffer.concat(taken)
}
