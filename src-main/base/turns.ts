/** Shares the one thread out: long work is done in steps, a millisecond of them at a time. */
export interface Turns {
  /** One step, when its turn has come. */
  once<T>(step: () => T): Promise<T>
  /**
   * Each item a step, in order: the first at once, so that what is little never waits, the others beside those of
   * other calls, one of each at a time. What `work` or the items throw ends the call.
   */
  each<T>(items: Iterable<T>, work: (item: T) => void): Promise<void>
}

// A key passes through the loop four times until it is seen, beside what else is read and written meanwhile: so much
// at a time is not felt.
const TURN_MS = 1
// Work that does not come to an end leaves half of the thread to everything else.
const REST_MS = TURN_MS

/** For tests: the time in milliseconds, and what calls back in the next turn of the loop, or after a rest. */
export function createTurns({
  now = () => performance.now(),
  soon = (go: () => void): void => void setImmediate(go),
  rested = (go: () => void): void => void setTimeout(go, REST_MS),
} = {}): Turns {
  // Each takes a step and says whether there are more. Throws nothing.
  const waiting: (() => boolean)[] = []
  let isServing = false

  const serve = () => {
    const end = now() + TURN_MS
    do {
      const step = waiting.shift()
      if (step?.()) waiting.push(step)
    } while (waiting.length > 0 && now() < end)
    isServing = waiting.length > 0
    if (isServing) rested(serve)
  }
  const add = (step: () => boolean) => {
    waiting.push(step)
    if (!isServing) soon(serve)
    isServing = true
  }
  return {
    once: (step) =>
      new Promise((resolve, reject) => {
        add(() => {
          try {
            resolve(step())
          } catch (error) {
            reject(error)
          }
          return false
        })
      }),
    each: (items, work) =>
      new Promise((resolve, reject) => {
        const left = items[Symbol.iterator]()
        const step = () => {
          try {
            const { done, value } = left.next()
            if (done) resolve()
            else work(value)
            return done !== true
          } catch (error) {
            reject(error)
            return false
          }
        }
        // The second one finds the end of what is little.
        if (step() && step()) add(step)
      }),
  }
}
