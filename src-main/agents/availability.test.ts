import { describe, expect, it } from 'vitest'
import { type Absence, afterRun, isAbsence, isOver } from './availability.ts'

const NOW = Date.parse('2026-03-01T10:00:00.000Z')
const limited = (message = 'too many requests') =>
  ({ outcome: 'failed', reason: { code: 'rate_limited', message } }) as const
const waitOf = (absence: Absence | undefined) => ((absence?.until ?? 0) - NOW) / 1_000

describe('the absence of an agent', () => {
  it('begins with a run that could not have it, and ends with one that succeeds', () => {
    for (const code of ['not_signed_in', 'command_missing'] as const) {
      const reason = { code, message: 'm' }
      expect(isAbsence(reason)).toBe(true)
      const absence = afterRun(undefined, { outcome: 'failed', reason }, NOW)
      expect(absence).toEqual({ reason, times: 1 })
      expect(afterRun(absence, { outcome: 'succeeded' }, NOW)).toBeUndefined()
    }
  })

  it('is not changed by any other failure', () => {
    const reason = { code: 'run_failed', message: 'm' } as const
    expect(isAbsence(reason)).toBe(false)
    expect(afterRun(undefined, { outcome: 'failed', reason }, NOW)).toBeUndefined()
    const absence = afterRun(undefined, limited(), NOW)
    expect(afterRun(absence, { outcome: 'crashed', reason }, NOW)).toBe(absence)
    expect(afterRun(absence, { outcome: 'cancelled' }, NOW)).toBe(absence)
  })

  it('of a rate limit grows from a minute to half an hour, and is over then', () => {
    let absence: Absence | undefined
    const waits = Array.from({ length: 7 }, () => {
      absence = afterRun(absence, limited(), NOW)
      return waitOf(absence)
    })
    expect(waits).toEqual([60, 120, 240, 480, 960, 1_800, 1_800])
    if (!absence) throw new Error('no absence')
    expect(isOver(absence, NOW + 1_799_999)).toBe(false)
    expect(isOver(absence, NOW + 1_800_000)).toBe(true)
    expect(absence.reason.message).toContain('2026-03-01T10:30:00.000Z')
  })

  it.each([
    ['Please retry after 20 seconds.', 20],
    ['try again in 5m', 300],
    ['Rate limit reached. Try again in 1.5s.', 1.5],
    ['Your limit resets in 3 hours', 10_800],
    ['limit resets at 2026-03-01T10:07:00Z', 420],
    ['please wait 250 ms', 0.25],
    // What cannot be meant is not believed.
    ['resets in 900 hours', 60],
    ['resets at 2026-02-01T10:07:00Z', 60],
    ['429 Too Many Requests', 60],
  ])('lasts as long as “%s” says', (message, seconds) => {
    expect(waitOf(afterRun(undefined, limited(message), NOW))).toBe(seconds)
  })
})
