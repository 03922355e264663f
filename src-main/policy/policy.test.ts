import { describe, expect, it } from 'vitest'
import type { Approval } from '../../src-shared/contract/index.ts'
import { moveSubject, permissionSubject, reviewState, sessionAllowance } from './index.ts'

const approval = (more: Partial<Approval>): Approval => ({
  id: 'a',
  sessionId: 's',
  agent: 'claude',
  kind: 'permission',
  question: '?',
  options: ['allow', 'allow_session', 'deny'],
  state: 'allowed',
  scope: 'session',
  subject: permissionSubject('shell', 'npm test'),
  at: '2026-01-01T00:00:00.000Z',
  ...more,
})

describe('an allowance for the session', () => {
  const asked = { agent: 'claude', subject: permissionSubject('shell', 'npm test') }
  it('covers the same deed of the same agent', () => {
    expect(sessionAllowance([approval({})], asked)?.id).toBe('a')
  })

  it.each([
    ['of this time only', { scope: 'once' }],
    ['that was denied', { state: 'denied' }],
    ['of another agent', { agent: 'gemini' }],
    ['of another kind', { kind: 'content' }],
    ['of a longer command', { subject: permissionSubject('shell', 'npm test; rm -rf ~') }],
    ['of another tool', { subject: permissionSubject('fetch', 'npm test') }],
  ] as const)('is not one %s', (_, more) => {
    expect(sessionAllowance([approval(more)], asked)).toBeUndefined()
  })
})

describe('a protected target', () => {
  const policy = { review: ['main', 'release/*'] }
  const subject = moveSubject('main', 'c1')
  const save = (more: Partial<Approval>) =>
    approval({ kind: 'save', subject, scope: 'once', ...more })
  const state = (approvals: Approval[], target = 'main') =>
    reviewState(policy, { target, subject: moveSubject(target, 'c1') }, approvals).state

  it('is one that the project names, also by its beginning', () => {
    expect(state([], 'main')).toBe('ask')
    expect(state([], 'release/2')).toBe('ask')
    expect(state([], 'maintenance')).toBe('free')
    expect(reviewState({ review: [] }, { target: 'main', subject }, []).state).toBe('free')
  })

  it('moves when exactly this move was allowed', () => {
    expect(state([save({})])).toBe('free')
    expect(state([save({ subject: moveSubject('main', 'c0') })])).toBe('ask')
  })

  it('is asked about once, and anew after a denial', () => {
    expect(state([save({ state: 'open' })])).toBe('open')
    expect(state([save({ state: 'denied' })])).toBe('ask')
    expect(state([save({}), save({ state: 'denied' })])).toBe('ask')
    expect(state([save({ state: 'withdrawn' })])).toBe('ask')
  })
})
