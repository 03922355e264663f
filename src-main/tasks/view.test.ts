import { describe, expect, it } from 'vitest'
import type { SessionRow, Tables } from '../storage/index.ts'
import type { TaskDeps } from './deps.ts'
import { viewOf } from './view.ts'

const session = { id: 's', agents: [] as string[] } as SessionRow

/** Looks at tasks of some states and says which queries that took. */
function look(states: string[], approvals: { kind: string; taskId: string }[] = []) {
  const asked: string[] = []
  const noting =
    <T>(name: string, answer: T) =>
    () => {
      asked.push(name)
      return answer
    }
  const tasks = states.map((state, n) => ({ id: `t${n}`, key: `t${n}`, state, needs: [] }))
  const run = { taskId: 't0', agent: 'x', cause: 'first', outcome: 'failed' }
  const read = {
    tasks: { bySession: noting('tasks', tasks) },
    runs: { bySession: noting('runs', [run]), recent: noting('recent', []) },
    approvals: { open: noting('approvals', approvals) },
  } as unknown as Tables
  const deps = { events: { read }, limits: { concurrentRuns: 4 } } as unknown as TaskDeps
  const view = viewOf(deps, {
    session,
    agents: [],
    steps: new Map(),
    stopping: new Set(),
    stuck: new Set(['t1']),
  })
  return { asked, view }
}

describe('viewOf', () => {
  it('asks the same few questions however many tasks there are', () => {
    const { asked, view } = look(Array(300).fill('queued'))
    expect(asked).toEqual(['tasks', 'runs', 'approvals'])
    expect(view.tasks[0]?.failedAgents).toEqual(['x'])
    expect(look(['planned', 'integrated']).asked).not.toContain('runs')
  })

  it('has a task wait for a human by the open question about its content, or when it is stuck', () => {
    const { view } = look(['reported', 'reported', 'reported'], [{ kind: 'content', taskId: 't2' }])
    expect(view.tasks.map(({ awaitsHuman }) => awaitsHuman)).toEqual([false, true, true])
  })
})
