import { expect, it } from 'vitest'
import type { Agent } from '../../../src-shared/contract/index.ts'
import { howToGet } from './how-to-get.ts'

const agent = (more: Partial<Agent>) =>
  ({ id: 'codex', signIn: 'run `codex login`', ...more }) as Agent

it('says how to install what is missing, how to sign in where that is it, and nothing it does not know', () => {
  expect(howToGet(agent({}))).toBe('npm install -g @openai/codex')
  expect(
    howToGet(agent({ path: '/usr/bin/codex', reason: { code: 'not_signed_in', message: '' } })),
  ).toBe('codex login')
  expect(
    howToGet(agent({ path: '/usr/bin/codex', reason: { code: 'rate_limited', message: '' } })),
  ).toBeUndefined()
  expect(howToGet(agent({ id: 'mine' }))).toBeUndefined()
})
