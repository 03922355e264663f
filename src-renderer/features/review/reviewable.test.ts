import { describe, expect, it } from 'vitest'
import { taskStates } from '../../../src-shared/contract/index.ts'
import { canApprove, canSendBack } from './reviewable.ts'

describe('the word of a reviewer', () => {
  it('is yes only to what is merged', () => {
    expect(taskStates.filter((state) => canApprove({ state }))).toEqual(['integrated'])
  })

  it('goes back to an agent only when none is at work on it', () => {
    expect(taskStates.filter((state) => canSendBack({ state }))).toEqual([
      'integrated',
      'conflicted',
      'failed',
      'cancelled',
    ])
  })
})
