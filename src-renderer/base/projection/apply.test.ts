import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { fold } from './apply.ts'
import { events } from './fixture/events.ts'
import { emptyProjection } from './projection.ts'

const all = events()
const told = (state: ReturnType<typeof fold>) => ({ ...state, seq: 0 })

describe('the projection', () => {
  it('tells how a session stands, from its events alone', () => {
    const { sessions, approvals, checking } = fold(emptyProjection, all)
    const session = sessions['s1']
    expect(session).toMatchObject({
      state: 'awaiting_review',
      integration: { head: 'c2' },
      usage: { inputTokens: 15, outputTokens: 5, costUsd: 0.5 },
      checkpoints: [{ n: 1, tag: 'thalogos/s1/1' }],
    })
    expect(session?.tasks).toMatchObject([
      {
        id: 't1',
        state: 'integrated',
        agent: 'codex',
        commit: 'c2',
        evidence: [{ check: 'test' }],
      },
    ])
    expect(session?.tasks[0]?.reason).toBeUndefined()
    expect(approvals['a1']?.state).toBe('allowed')
    expect(checking).toEqual({})
  })

  it('counts the usage of a run once, however often it is told', () => {
    const state = fold(emptyProjection, all)
    const again = fold(
      state,
      all.filter(({ type }) => type === 'run.ended'),
    )
    expect(again.sessions['s1']?.usage).toEqual(state.sessions['s1']?.usage)
  })

  it('is the same when its end is told again from any place on', () => {
    const whole = fold(emptyProjection, all)
    fc.assert(
      fc.property(fc.nat({ max: all.length }), (from) => {
        expect(told(fold(whole, all.slice(from)))).toEqual(told(whole))
      }),
    )
  })

  it('never changes what it was given', () => {
    const frozen = deepFreeze(fold(emptyProjection, all.slice(0, 6)))
    expect(() => fold(frozen, all)).not.toThrow()
  })

  it('leaves alone what it does not know', () => {
    const state = fold(emptyProjection, all)
    const strange = { ...all[0], seq: 99, type: 'moon.risen', data: {} } as unknown as StoredEvent
    expect(told(fold(state, [strange]))).toEqual(told(state))
    const nobody = { ...all[3], seq: 100, sessionId: 'unknown' } as StoredEvent
    expect(told(fold(state, [nobody]))).toEqual(told(state))
  })
})

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner)
    Object.freeze(value)
  }
  return value
}
