import type { PermissionAnswer } from '../adapter.ts'
import type { Stop } from './outcome.ts'

/** What a run that is under way can be told. */
export interface LiveRun {
  answer(question: string, answer: PermissionAnswer): void
  hold(isHeld: boolean): void
  write(data: string): void
  resize(cols: number, rows: number): void
  leave(): void
}

/** Carries wishes to whatever can act on them by now. */
export interface RunControl {
  readonly wish: Stop | undefined
  stop(why: Stop): void
  /** `action` is called for every wish to stop, at once if there was one before. */
  whenStopped(action: () => void): void
  /** What is told before the process has started waits for it; after its end it is lost. */
  tell(action: (run: LiveRun) => void): void
  attach(run: LiveRun): void
  detach(): void
}

export function createRunControl(): RunControl {
  let wish: Stop | undefined
  let act: (() => void) | undefined
  let early: ((run: LiveRun) => void)[] | undefined = []
  let live: LiveRun | undefined
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
    tell(action) {
      if (live !== undefined) action(live)
      else early?.push(action)
    },
    attach(run) {
      live = run
      for (const action of early ?? []) action(run)
      early = undefined
    },
    detach() {
      live = undefined
      early = undefined
    },
  }
}
