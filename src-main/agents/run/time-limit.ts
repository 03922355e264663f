/** Counts a run's own time. */
export interface TimeLimit {
  /** The clock stands still while it waits for a person. */
  hold(isHeld: boolean): void
  close(): void
}

/** `act` is called once, when `ms` have passed that were not held; without `ms` never. */
export function createTimeLimit(ms: number | undefined, act: () => void): TimeLimit {
  if (ms === undefined) return { hold: () => undefined, close: () => undefined }
  let left = ms
  let since = performance.now()
  let timer: NodeJS.Timeout | undefined = setTimeout(act, left)
  let isClosed = false
  return {
    hold(isHeld) {
      if (isClosed || isHeld === (timer === undefined)) return
      if (isHeld) {
        clearTimeout(timer)
        timer = undefined
        left -= performance.now() - since
        return
      }
      since = performance.now()
      timer = setTimeout(act, Math.max(0, left))
    },
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
