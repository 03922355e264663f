import { expect, it } from 'vitest'
import { createCallers, newToken } from './callers.ts'

it('mints tokens of 256 bits that differ', () => {
  expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32)
  expect(newToken()).not.toBe(newToken())
})

it('knows whose a token is, and asks for that of a run each time', () => {
  const live = new Set(['run'])
  const callerOf = createCallers({
    tokens: { owner: 'owner', metrics: 'metrics' },
    runs: {
      resolveToken: (token) => (live.has(token) ? { runId: 'r1' } : undefined),
      ask: () => Promise.resolve({ decision: 'deny' }),
    },
  })
  expect(callerOf('owner')).toEqual({ scope: 'owner' })
  expect(callerOf('metrics')).toEqual({ scope: 'metrics' })
  expect(callerOf('run')).toEqual({ scope: 'run', runId: 'r1' })
  live.clear()
  expect(callerOf('run')).toBeUndefined()
  expect(callerOf('')).toBeUndefined()
})
