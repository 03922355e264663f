import { describe, expect, it } from 'vitest'
import { errorCodes, type RunCause, type RunOutcome } from '../../src-shared/contract/index.ts'
import { failedAgents, keepsWorktree, mayRepair, mayReplace, nextCause, notesFor } from './retry.ts'

const run = (cause: RunCause, outcome: RunOutcome = 'succeeded', agent = 'codex') => ({
  cause,
  outcome,
  agent,
})

describe('retries', () => {
  it('tell the cause from where the task came from', () => {
    expect(nextCause({ runs: [] })).toBe('first')
    const runs = [run('first')]
    expect(nextCause({ runs, reason: 'checks_failed' })).toBe('check_failed')
    expect(nextCause({ runs, reason: 'run_crashed' })).toBe('agent_failed')
    expect(nextCause({ runs, reason: 'run_interrupted' })).toBe('interrupted')
    expect(nextCause({ runs })).toBe('asked')
  })

  it('repair red checks twice and no more', () => {
    expect(mayRepair([run('first')])).toBe(true)
    expect(mayRepair([run('first'), run('check_failed')])).toBe(true)
    expect(mayRepair([run('first'), run('check_failed'), run('check_failed')])).toBe(false)
  })

  it('replace a failed agent twice and no more, counted apart from repairs', () => {
    const failed = [run('first', 'failed'), run('agent_failed', 'crashed')]
    expect(mayReplace(failed)).toBe(true)
    expect(mayReplace([...failed, run('agent_failed', 'timed_out')])).toBe(false)
    expect(mayRepair([...failed, run('agent_failed', 'timed_out')])).toBe(true)
  })

  it('end, whatever reason an agent fails for', () => {
    for (const reason of errorCodes) {
      const runs = [run('first', 'failed')]
      const goesOn = reason === 'checks_failed' ? mayRepair : mayReplace
      // These are no failures: it is the user who stops and goes on.
      if (['run_interrupted', 'taken_over', 'handed_back'].includes(reason)) continue
      while (goesOn(runs) && runs.length < 10) runs.push(run(nextCause({ runs, reason }), 'failed'))
      expect([reason, runs.length]).toEqual([reason, 3])
    }
  })

  it('count afresh once a human asked again', () => {
    const spent = [
      run('first', 'failed'),
      run('agent_failed', 'failed', 'b'),
      run('agent_failed', 'failed'),
    ]
    expect(failedAgents(spent)).toEqual(['codex', 'b'])
    expect(mayReplace([...spent, run('asked')])).toBe(true)
    expect(failedAgents([...spent, run('asked')])).toEqual([])
  })

  it('go on in the same worktree after red checks and interruptions alone', () => {
    const causes: RunCause[] = ['first', 'check_failed', 'agent_failed', 'interrupted', 'asked']
    expect(causes.filter(keepsWorktree)).toEqual(['check_failed', 'interrupted'])
  })

  it('hand on what the user said since the run before they asked, to every run that follows', () => {
    const said = (minute: number, text: string, author: 'user' | 'agent' = 'user') => ({
      author,
      text,
      at: `2026-03-01T10:0${minute}:00.000Z`,
    })
    const began = (minute: number, cause: RunCause) => ({ cause, startedAt: said(minute, '').at })
    const messages = [said(0, 'old'), said(3, 'new'), said(3, 'mine', 'agent'), said(5, 'later')]
    const runs = [began(1, 'first'), began(2, 'agent_failed')]
    expect(notesFor('asked', { messages, runs })).toEqual(['new', 'later'])
    const asked = [...runs, began(4, 'asked')]
    expect(notesFor('check_failed', { messages, runs: asked })).toEqual(['new', 'later'])
    expect(notesFor('asked', { messages, runs: asked })).toEqual(['later'])
    expect(notesFor('first', { messages: [said(0, 'at once')], runs: [] })).toEqual(['at once'])
  })
})
