/** Saves under way, by session, so that they can be stopped. */
export interface Saves {
  run<T>(sessionId: string, save: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Stops a session's and waits for their end; false when there was none. */
  stop(sessionId: string): Promise<boolean>
  /** Stops all, and waits for nothing. */
  abort(): void
}

export function createSaves(): Saves {
  const underWay = new Set<{
    sessionId: string
    controller: AbortController
    done: Promise<unknown>
  }>()
  return {
    async run(sessionId, save) {
      const controller = new AbortController()
      const done = save(controller.signal)
      const one = { sessionId, controller, done }
      underWay.add(one)
      try {
        return await done
      } finally {
        underWay.delete(one)
      }
    },
    async stop(sessionId) {
      const found = [...underWay].filter((one) => one.sessionId === sessionId)
      for (const { controller } of found) controller.abort('interrupted')
      // How a Save ended is for the one who asked for it.
      await Promise.allSettled(found.map(({ done }) => done))
      return found.length > 0
    },
    abort() {
      for (const { controller } of underWay) controller.abort('interrupted')
    },
  }
}
