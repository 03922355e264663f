import type { Log } from '../base/index.ts'

/** Stored data that could not be read. A row stays where it is and is left out; a file was renamed. */
export interface Damage {
  /** The path of the file as it is called now, or table and key of the row. */
  readonly place: string
  readonly problem: string
}

export interface DamageList {
  add(damage: Damage): void
  all(): readonly Damage[]
}

// Enough to see the pattern; a table full of bad rows must not fill memory and log.
const MOST = 1_000

/** Remembers and logs each damaged place once. */
export function createDamageList(log: Log): DamageList {
  const found = new Map<string, Damage>()
  return {
    add(damage) {
      if (found.has(damage.place) || found.size >= MOST) return
      found.set(damage.place, damage)
      log.error('set damaged data aside', { code: 'data_damaged', ...damage })
    },
    all: () => [...found.values()],
  }
}
