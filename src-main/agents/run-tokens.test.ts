import { describe, expect, it } from 'vitest'
import { createRunTokens } from './run-tokens.ts'

describe('tokens of runs', () => {
  it('name the run they were made for, and only until it is revoked', () => {
    const tokens = createRunTokens()
    const [a, b] = [tokens.mint('a'), tokens.mint('b')]
    expect(a).not.toBe(b)
    expect([tokens.resolve(a), tokens.resolve(b)]).toEqual([{ runId: 'a' }, { runId: 'b' }])
    tokens.revoke('a')
    expect([tokens.resolve(a), tokens.resolve(b)]).toEqual([undefined, { runId: 'b' }])
  })

  it('are good for nothing when they were never made, nor after a newer one was', () => {
    const tokens = createRunTokens()
    const old = tokens.mint('a')
    const now = tokens.mint('a')
    expect(tokens.resolve(old)).toBeUndefined()
    expect(tokens.resolve('')).toBeUndefined()
    expect(tokens.resolve(now)).toEqual({ runId: 'a' })
  })

  it('long enough that nobody guesses one', () => {
    expect(createRunTokens().mint('a')).toMatch(/^[\w-]{43}$/)
  })
})
