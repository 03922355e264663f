import { describe, expect, it } from 'vitest'
import type { PermissionAnswer, RunHandle } from '../../agents/index.ts'
import { fail, ok } from '../../base/index.ts'
import type { Tasks } from '../../tasks/index.ts'
import { createRunQuestions } from './run-questions.ts'

const wish = { tool: 'shell', subject: 'npm test', input: {} }
const { signal } = new AbortController()

function open(ask: Tasks['ask']) {
  const holds: boolean[] = []
  const handle: Pick<RunHandle, 'hold'> = { hold: (isHeld) => void holds.push(isHeld) }
  const runner = { find: () => handle as RunHandle }
  return { ask: createRunQuestions({ tasks: { ask }, runner }), holds }
}

describe('what an agent asks through our tools', () => {
  it('holds its time until the last of its questions is answered', async () => {
    const waiting: ((answer: PermissionAnswer) => void)[] = []
    const { ask, holds } = open(
      () => new Promise((resolve) => waiting.push((answer) => resolve(ok(answer)))),
    )
    const asked = [ask('r1', wish, signal), ask('r1', wish, signal)]
    waiting[0]?.({ decision: 'allow' })
    expect(await asked[0]).toEqual({ decision: 'allow' })
    expect(holds.at(-1)).toBe(true)
    waiting[1]?.({ decision: 'deny', note: 'no' })
    expect(await asked[1]).toEqual({ decision: 'deny', note: 'no' })
    expect(holds.at(-1)).toBe(false)
  })

  it('is denied where it cannot be asked, and holds nothing after that', async () => {
    const refused = open(() => Promise.resolve(fail('run_not_live', 'the run has ended')))
    expect(await refused.ask('r1', wish, signal)).toEqual({
      decision: 'deny',
      note: 'the run has ended',
    })
    const broken = open(() => Promise.reject(new Error('a bug')))
    await expect(broken.ask('r1', wish, signal)).rejects.toThrow('a bug')
    expect([refused.holds.at(-1), broken.holds.at(-1)]).toEqual([false, false])
  })
})
