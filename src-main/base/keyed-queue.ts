/** Runs work one at a time for each key, in the order of the calls; different keys run side by side. */
export interface KeyedQueue {
  run<T>(key: string, work: () => Promise<T>): Promise<T>
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>
}

export function createKeyedQueue(): KeyedQueue {
  // Each ends without an error, whatever its work did.
  const tails = new Map<string, Promise<unknown>>()

  return {
    run(key, work) {
      const before = tails.get(key) ?? Promise.resolve()
      const result = before.then(work)
      const tail = result
        .catch(() => undefined)
        .then(() => {
          if (tails.get(key) === tail) tails.delete(key)
        })
      tails.set(key, tail)
      return result
    },
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values())
    },
  }
}
