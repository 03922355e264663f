import { describe, expect, it } from 'vitest'
import { sessionStates } from '../../src-shared/contract/index.ts'
import { canMoveSession, sessionMoves } from './transitions.ts'

describe('session moves', () => {
  it('never go back to draft and never leave finalized', () => {
    expect(sessionStates.filter((state) => canMoveSession(state, 'draft'))).toEqual([])
    expect(sessionMoves.finalized).toEqual([])
  })

  it('finalize only what waits for review', () => {
    expect(sessionStates.filter((state) => canMoveSession(state, 'finalized'))).toEqual([
      'awaiting_review',
    ])
  })

  it('reach every state from draft', () => {
    const reached = new Set<string>(['draft'])
    for (const state of reached)
      for (const next of sessionMoves[state as 'draft']) reached.add(next)
    expect([...reached].sort()).toEqual([...sessionStates].sort())
  })
})
