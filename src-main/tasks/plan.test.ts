import { describe, expect, it } from 'vitest'
import { preparePlan } from './plan.ts'

const agents = new Set(['codex', 'custom'])
const task = (more: object) => ({ title: 'A title', prompt: 'Do it', ...more })
const codeOf = (tasks: unknown) => {
  const plan = preparePlan({ tasks }, agents)
  return plan.ok ? undefined : plan.error.code
}

describe('preparePlan', () => {
  it('gives keys to tasks without one, never one that is taken', () => {
    const plan = preparePlan({ tasks: [task({ id: 't1' }), task({}), task({})] }, agents)
    expect(plan.ok && plan.value.tasks.map(({ id }) => id)).toEqual(['t1', 't2', 't3'])
  })

  it('fills in what may be left out', () => {
    const plan = preparePlan({ tasks: [task({})] }, agents)
    expect(plan.ok && plan.value.tasks[0]).toMatchObject({
      needs: [],
      files: [],
      kind: 'implement',
    })
  })

  it.each([
    ['not a plan', 'x', 'plan_invalid'],
    ['no task', [], 'plan_invalid'],
    ['an empty prompt', [task({ prompt: ' ' })], 'plan_invalid'],
    ['an unknown key', [task({ nedes: [] })], 'plan_invalid'],
    ['a key that is no key', [task({ id: '../x' })], 'plan_invalid'],
    ['a prompt of a megabyte', [task({ prompt: 'x'.repeat(1_000_000) })], 'plan_invalid'],
    ['a key twice', [task({ id: 'a' }), task({ id: 'a' })], 'plan_duplicate'],
    ['an unknown need', [task({ needs: ['zz'] })], 'plan_unknown_need'],
    ['an unknown agent', [task({ agent: 'hal' })], 'agent_unknown'],
    ['a task that needs itself', [task({ id: 'a', needs: ['a'] })], 'plan_cycle'],
  ])('refuses %s', (_what, tasks, code) => {
    expect(codeOf(tasks)).toBe(code)
  })

  it('names the tasks of a cycle, and only those', () => {
    const plan = preparePlan(
      {
        tasks: [
          task({ id: 'a', needs: ['c'] }),
          task({ id: 'b', needs: ['a'] }),
          task({ id: 'c', needs: ['b'] }),
          task({ id: 'd', needs: ['a'] }),
        ],
      },
      agents,
    )
    expect(plan.ok).toBe(false)
    if (!plan.ok) expect(plan.error.message).toMatch(/a → c → b → a$/)
  })
})
