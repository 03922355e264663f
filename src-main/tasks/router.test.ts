import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { taskStates } from '../../src-shared/contract/index.ts'
import { type AgentView, type Decision, type RouterView, route, type TaskView } from './router.ts'

const task = (key: string, more: Partial<TaskView> = {}): TaskView => ({
  id: `id-${key}`,
  key,
  state: 'planned',
  needs: [],
  kind: 'implement',
  failedAgents: [],
  dependencyFailed: false,
  asks: false,
  awaitsHuman: false,
  busy: false,
  ...more,
})
const agent = (id: string, more: Partial<AgentView> = {}): AgentView => ({
  id,
  available: true,
  kinds: ['implement', 'test'],
  maxConcurrent: 2,
  running: 0,
  record: [],
  ...more,
})
const good = { kind: 'implement', good: 1, costUsd: 0 } as const
const bad = { ...good, good: 0 }
const view = (more: Partial<RouterView>): RouterView => ({
  tasks: [],
  agents: [agent('codex')],
  freeRuns: 4,
  ...more,
})
const runs = (decisions: Decision[]) =>
  decisions.flatMap((decision) => (decision.do === 'run' ? [decision] : []))

describe('route', () => {
  it('queues what needs nothing, blocks what waits, and says which need was lost', () => {
    const { decisions } = route(
      view({
        tasks: [
          task('a'),
          task('b', { needs: ['a'] }),
          task('c', { state: 'failed' }),
          task('d', { needs: ['c'] }),
        ],
      }),
    )
    expect(decisions).toEqual([
      { do: 'queue', task: 'id-a' },
      { do: 'block', task: 'id-b' },
      { do: 'block', task: 'id-d', reason: { code: 'dependency_failed', message: 'c failed' } },
    ])
  })

  it('says once that a need was lost, and takes it back when the need is tried again', () => {
    const lost = task('d', { state: 'blocked', needs: ['c'], dependencyFailed: true })
    expect(route(view({ tasks: [task('c', { state: 'cancelled' }), lost] })).decisions).toEqual([])
    const again = route(view({ tasks: [task('c', { state: 'running', busy: true }), lost] }))
    expect(again.decisions).toEqual([{ do: 'block', task: 'id-d' }])
  })

  it('gives work to the named agent, else to the least loaded, then the most successful', () => {
    const agents = [
      agent('slow', { record: [bad, good, bad] }),
      agent('good', { record: [good, good, bad] }),
      agent('full', { running: 2 }),
    ]
    const queued = [
      task('a', { state: 'queued', wantedAgent: 'slow' }),
      task('b', { state: 'queued' }),
      task('c', { state: 'queued' }),
    ]
    const chosen = runs(route(view({ tasks: queued, agents })).decisions).map(({ agent }) => agent)
    expect(chosen).toEqual(['slow', 'good', 'good'])
  })

  it('gives a failed task to another agent, and to the same only when no other is left', () => {
    const queued = task('a', { state: 'queued', wantedAgent: 'x', failedAgents: ['x'] })
    const pair = view({ tasks: [queued], agents: [agent('x'), agent('y')] })
    expect(runs(route(pair).decisions)).toMatchObject([{ do: 'run', task: 'id-a', agent: 'y' }])
    const alone = view({ tasks: [queued], agents: [agent('x'), agent('y', { available: false })] })
    expect(runs(route(alone).decisions)).toMatchObject([{ do: 'run', task: 'id-a', agent: 'x' }])
  })

  it('stands on no_agent when nobody can do what is queued and nothing else goes on', () => {
    const queued = task('a', { state: 'queued', kind: 'review' })
    expect(route(view({ tasks: [queued] })).standing.kind).toBe('no_agent')
    const other = task('b', { state: 'running', busy: true })
    expect(route(view({ tasks: [queued, other] })).standing.kind).toBe('working')
  })

  it('waits for a free place without calling a human', () => {
    const queued = task('a', { state: 'queued' })
    expect(route(view({ tasks: [queued], freeRuns: 0 })).standing.kind).toBe('working')
    const full = view({ tasks: [queued], agents: [agent('codex', { running: 2 })] })
    expect(route(full).standing.kind).toBe('working')
  })

  it('waits for a human when all is settled, conflicted or asked', () => {
    const rest = [
      task('a', { state: 'integrated' }),
      task('b', { state: 'conflicted' }),
      task('c', { state: 'reported', awaitsHuman: true }),
      task('d', { state: 'blocked', needs: ['b'] }),
    ]
    expect(route(view({ tasks: rest }))).toEqual({
      decisions: [],
      standing: { kind: 'waits_for_human' },
    })
  })
})

describe('route, for any view', () => {
  const keys = ['a', 'b', 'c', 'd', 'e', 'f']
  const tasks = fc.tuple(
    ...keys.map((key, at) =>
      fc
        .record({
          state: fc.constantFrom(...taskStates),
          needs: fc.subarray(keys.slice(0, at)),
          kind: fc.constantFrom('implement' as const, 'test' as const, 'review' as const),
          failedAgents: fc.subarray(['x', 'y']),
          dependencyFailed: fc.boolean(),
          awaitsHuman: fc.boolean(),
          busy: fc.boolean(),
        })
        .map((more) => task(key, more)),
    ),
  )
  const agents = fc.tuple(
    ...['x', 'y'].map((id) =>
      fc
        .record({
          available: fc.boolean(),
          maxConcurrent: fc.integer({ min: 1, max: 3 }),
          running: fc.nat(4),
          record: fc.array(fc.constantFrom(good, bad)),
        })
        .map((more) => agent(id, more)),
    ),
  )
  const views = fc.record({ tasks, agents, freeRuns: fc.integer({ min: -2, max: 5 }) })

  it('starts no task before all it needs is integrated', () => {
    fc.assert(
      fc.property(views, (seen) => {
        const stateOf = new Map(seen.tasks.map(({ key, state }) => [key, state]))
        for (const decision of route(seen).decisions) {
          if (decision.do !== 'run' && decision.do !== 'queue') continue
          const needs = seen.tasks.find(({ id }) => id === decision.task)?.needs ?? []
          expect(needs.every((key) => stateOf.get(key) === 'integrated')).toBe(true)
        }
      }),
    )
  })

  it('holds every limit and uses only agents that are available and able', () => {
    fc.assert(
      fc.property(views, (seen) => {
        const started = runs(route(seen).decisions)
        expect(started.length).toBeLessThanOrEqual(Math.max(0, seen.freeRuns))
        for (const each of seen.agents) {
          const mine = started.filter(({ agent }) => agent === each.id)
          if (mine.length === 0) continue
          expect(each.available).toBe(true)
          expect(each.running + mine.length).toBeLessThanOrEqual(each.maxConcurrent)
          for (const { task: id } of mine) {
            expect(each.kinds).toContain(seen.tasks.find((one) => one.id === id)?.kind)
          }
        }
      }),
    )
  })

  it('touches no task twice, none that is busy, and none that waits for a human', () => {
    fc.assert(
      fc.property(views, (seen) => {
        const touched = route(seen).decisions.map((decision) => decision.task)
        expect(new Set(touched).size).toBe(touched.length)
        for (const id of touched) {
          const one = seen.tasks.find((each) => each.id === id)
          expect(one?.busy || one?.awaitsHuman).toBe(false)
        }
      }),
    )
  })
})
