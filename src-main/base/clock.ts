/** The two times of a machine: what the calendar says, and what only goes forward. */
export interface Clock {
  /** ISO 8601 in UTC, for people and rows. */
  now(): string
  /** Milliseconds since an unspecified moment; unmoved by calendar changes. For durations. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  monotonic: () => performance.now(),
}
