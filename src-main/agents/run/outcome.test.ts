import { describe, expect, it } from 'vitest'
import type { Closing } from '../adapter.ts'
import { codexAdapter } from '../codex/codex-adapter.ts'
import { type Ending, judge } from './outcome.ts'

const silent: Ending = { exitCode: 0, signal: null, stderr: '' }
const good: Closing = { ok: true, answer: 'yes' }
const bad: Closing = { ok: false, code: 'rate_limited', message: 'slow down' }
const outcome = (ending: Partial<Ending>) => judge({ ...silent, ...ending }, codexAdapter)

describe('the judgement of a run', () => {
  it.each([
    [{ closing: good }, 'succeeded', undefined],
    [{ closing: good, exitCode: 1 }, 'succeeded', undefined],
    [{ closing: good, stop: 'timed_out' }, 'succeeded', undefined],
    [{ closing: good, stop: 'interrupted' }, 'succeeded', undefined],
    [{ closing: good, stop: 'cancelled' }, 'cancelled', 'run_cancelled'],
    [{ closing: bad }, 'failed', 'rate_limited'],
    [{ closing: bad, stop: 'timed_out' }, 'timed_out', 'run_timed_out'],
    [{ closing: bad, stop: 'interrupted' }, 'interrupted', 'run_interrupted'],
    [{ stop: 'cancelled' }, 'cancelled', 'run_cancelled'],
    [{}, 'crashed', 'run_crashed'],
    [{ exitCode: null, signal: 'SIGSEGV' }, 'crashed', 'run_crashed'],
    [{ fault: { code: 'disk_full', message: 'm' } }, 'crashed', 'disk_full'],
    [{ exitCode: 1, stderr: 'Error: 401 Unauthorized' }, 'crashed', 'not_signed_in'],
    [
      { exitCode: 127, stderr: 'thalogos-launcher: command not found: x' },
      'crashed',
      'command_missing',
    ],
    [{ exitCode: 125, stderr: 'thalogos-launcher: ENOENT' }, 'crashed', 'run_crashed'],
    [{ exitCode: 127, stderr: 'sh: x: not found' }, 'crashed', 'run_crashed'],
  ] as const)('of %j is %s (%s)', (ending, expected, code) => {
    const judged = outcome(ending)
    expect(judged.outcome).toBe(expected)
    expect(judged.reason?.code).toBe(code)
    expect(judged.answer).toBe(expected === 'succeeded' ? 'yes' : undefined)
  })

  it('quotes the end of a long error output, without what steers a terminal', () => {
    const { reason } = outcome({
      exitCode: 1,
      stderr: `${'a'.repeat(9_000)}\u001b[31mend\u001b[0m`,
    })
    expect(reason?.message.length).toBeLessThan(900)
    expect(reason?.message).toMatch(/aend$/)
  })
})
