import type { ErrorCode, Reason, RunOutcome } from '../../src-shared/contract/index.ts'

/** Why an agent is left out although it was found: what its last run showed. */
export interface Absence {
  reason: Reason
  /** Milliseconds since 1970; without it, until it is looked for anew. */
  until?: number
  /** How often in a row it was refused. */
  times: number
}

/** What the end of a run tells about its agent. */
export interface RunResult {
  outcome: RunOutcome
  reason?: Reason
}

const ABSENT: readonly ErrorCode[] = ['not_signed_in', 'rate_limited', 'command_missing']

/** Whether a run failed because its agent could not be had: no fault of the task, nor of the agent's work. */
export const isAbsence = (reason: Reason | undefined): boolean => isAbsenceCode(reason?.code)
export const isAbsenceCode = (code: string | null | undefined): boolean =>
  ABSENT.some((absent) => absent === code)

const MINUTE_MS = 60_000
// Where a service does not say when: one minute, then twice as long each time, up to half an hour.
const LONGEST_MS = 30 * MINUTE_MS
// A time that a text names further away than this was misread.
const LATEST_MS = 24 * 60 * MINUTE_MS

/** What a run's end makes of an absence. Pure; `now` is milliseconds since 1970. */
export function afterRun(
  before: Absence | undefined,
  { outcome, reason }: RunResult,
  now: number,
): Absence | undefined {
  if (outcome === 'succeeded') return undefined
  if (!reason || !isAbsence(reason)) return before
  const times = (before?.times ?? 0) + 1
  if (reason.code !== 'rate_limited') return { reason, times }
  const growing = Math.min(LONGEST_MS, MINUTE_MS * 2 ** (times - 1))
  const until = now + (namedWait(reason.message, now) ?? growing)
  const message = `rate limited until ${new Date(until).toISOString()}: ${reason.message}`
  return { reason: { code: reason.code, message }, until, times }
}

export const isOver = (absence: Absence, now: number): boolean =>
  absence.until !== undefined && absence.until <= now

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(ms|milli)/i, 1],
  [/^s/i, 1_000],
  [/^m/i, MINUTE_MS],
  [/^h/i, 60 * MINUTE_MS],
]

/** How long a service asks to wait, in milliseconds, as far as its words say it. */
function namedWait(text: string, now: number): number | undefined {
  const [, amount, unit = ''] =
    /(?:retry|try again|resets?|wait)\D{0,30}?(\d{1,6}(?:\.\d+)?) ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)\b/i.exec(
      text,
    ) ?? []
  const moment = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/.exec(text)?.[0]
  const factor = UNITS.find(([pattern]) => pattern.test(unit))?.[1]
  const wait =
    amount !== undefined && factor !== undefined
      ? Number(amount) * factor
      : moment === undefined
        ? undefined
        : Date.parse(moment) - now
  return wait !== undefined && wait > 0 && wait <= LATEST_MS ? wait : undefined
}
