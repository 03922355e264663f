import type { Stop } from './outcome.ts'

/** Carries the wish to stop a run to whatever can act on it by now. */
export interface RunControl {
  readonly wish: Stop | undefined
  stop(why: Stop): void
  /** `action` is called for every wish, at once if there was one before. */
  whenStopped(action: () => void): void
}

export function createRunControl(): RunControl {
  let wish: Stop | undefined
  let act: (() => void) | undefined
  return {
    get wish() {
      return wish
    },
    stop(why: Stop) {
      // A user who cancels means it, even when the time was up or Thalogos was stopping before.
      if (wish === undefined || why === 'cancelled') wish = why
      act?.()
    },
    whenStopped(action: () => void) {
      act = action
      if (wish !== undefined) action()
    },
  }
}
