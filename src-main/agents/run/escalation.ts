/** Ends a process that may not want to: asks, insists, then forces. */
export interface Escalation {
  /** Begins once; further calls do nothing. */
  begin(): void
  /** The process has ended: nothing more is sent. */
  close(): void
}

/**
 * How long each step is waited for. On SIGINT the CLIs end their tool, write their session and go
 * within a second or two (seen with three of them); one that is in the middle of writing takes longer.
 */
export const GRACE_MS = 4_000
// After its closing event a CLI flushes its session and goes; one that stays this long has hung.
export const CLOSING_MS = 30_000
// It has said that it failed: what it still tries (Claude goes on with a wrong key for minutes) helps nobody.
export const FAILED_MS = 1_000
// After SIGKILL only a process that is stuck in the kernel stays; it is reported, not waited for.
const KILLED_MS = 5_000

/** SIGINT, SIGTERM, SIGKILL to the group, `graceMs` apart; with the last, `force` ends what else is its own. */
export function createEscalation(deps: {
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void
  force(): void
  giveUp(): void
  graceMs: number
}): Escalation {
  const timers: NodeJS.Timeout[] = []
  let state: 'idle' | 'begun' | 'closed' = 'idle'
  return {
    begin() {
      if (state !== 'idle') return
      state = 'begun'
      deps.signal('SIGINT')
      timers.push(
        setTimeout(() => deps.signal('SIGTERM'), deps.graceMs),
        setTimeout(() => {
          deps.signal('SIGKILL')
          deps.force()
        }, deps.graceMs * 2),
        setTimeout(deps.giveUp, deps.graceMs * 2 + KILLED_MS),
      )
    },
    close() {
      state = 'closed'
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
