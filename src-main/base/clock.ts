/** What the calendar says. Durations are measured by `performance.now()`, which only goes forward. */
export interface Clock {
  /** ISO 8601 in UTC, for people and rows. */
  now(): string
}

export const systemClock: Clock = { now: () => new Date().toISOString() }
