import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TaskState, taskStates } from '../../src-shared/contract/index.ts'
import { canMoveTask, isRetryable, isUnfinished, taskMoves } from './transitions.ts'

describe('task moves', () => {
  it('lead only to known states, and every state but planned can be reached', () => {
    const reached = new Set(Object.values(taskMoves).flat())
    expect([...reached].every((state) => taskStates.includes(state))).toBe(true)
    expect(taskStates.filter((state) => !reached.has(state))).toEqual(['planned'])
  })

  it('never lead into integrated but from integrating or a review that reported', () => {
    const from = taskStates.filter((state) => canMoveTask(state, 'integrated'))
    expect(from).toEqual(['reported', 'integrating'])
  })

  it('never lead out of integrated, and cancelled goes only back into the queue', () => {
    expect(taskMoves.integrated).toEqual([])
    expect(taskMoves.cancelled).toEqual(['queued'])
  })

  it('offer cancel in every state that is not over', () => {
    const over = new Set<TaskState>(['integrated', 'cancelled'])
    for (const state of taskStates) expect(canMoveTask(state, 'cancelled')).toBe(!over.has(state))
  })

  it('never pass verification by: whatever way leads to integrating went through verifying and verified', () => {
    const walk = fc.array(fc.nat(), { minLength: 1, maxLength: 40 }).map((choices) => {
      const path: TaskState[] = ['planned']
      for (const choice of choices) {
        const moves = taskMoves[path.at(-1) ?? 'planned']
        const next = moves[choice % Math.max(1, moves.length)]
        if (next) path.push(next)
      }
      return path
    })
    fc.assert(
      fc.property(walk, (path) => {
        path.forEach((state, at) => {
          if (state === 'integrating')
            expect(path.slice(at - 2, at)).toEqual(['verifying', 'verified'])
          if (state === 'running') expect(path[at - 1]).toBe('queued')
        })
      }),
    )
  })

  it('call unfinished what is still to come or to be decided', () => {
    expect(taskStates.filter((state) => !isUnfinished(state))).toEqual([
      'integrated',
      'failed',
      'cancelled',
    ])
  })

  it('let a human retry what is at rest without being integrated, and the table agrees', () => {
    const retryable = taskStates.filter(isRetryable)
    expect(retryable).toEqual(['conflicted', 'failed', 'cancelled'])
    expect(retryable.every((state) => canMoveTask(state, 'queued'))).toBe(true)
  })
})
