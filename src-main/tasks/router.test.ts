import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TaskKind, taskStates } from '../../src-shared/contract/index.ts'
import { type Experience, score } from './choice.ts'
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

const BOTH: TaskKind[] = ['implement', 'test']
const mostly = <T>(often: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: often, weight: 3 }, { arbitrary: seldom, weight: 1 })

describe('route, for any view', () => {
  const keys = ['a', 'b', 'c', 'd', 'e', 'f']
  const tasks = fc.tuple(
    ...keys.map((key, at) =>
      fc
        .record({
          state: mostly(fc.constantFrom('queued', 'integrated'), fc.constantFrom(...taskStates)),
          needs: mostly(fc.constant<string[]>([]), fc.subarray(keys.slice(0, at))),
          kind: mostly(fc.constantFrom(...BOTH), fc.constant<TaskKind>('review')),
          wantedAgent: mostly(fc.constant(undefined), fc.constantFrom('x', 'y', 'gone')),
          failedAgents: mostly(fc.constant<string[]>([]), fc.subarray(['x', 'y', 'z'])),
          dependencyFailed: fc.boolean(),
          awaitsHuman: mostly(fc.constant(false), fc.constant(true)),
          busy: mostly(fc.constant(false), fc.constant(true)),
        })
        .map(({ wantedAgent, ...more }) =>
          task(key, { ...more, ...(wantedAgent === undefined ? {} : { wantedAgent }) }),
        ),
    ),
  )
  const agents = fc.tuple(
    ...['x', 'y', 'z'].map((id) =>
      fc
        .record({
          available: mostly(fc.constant(true), fc.constant(false)),
          kinds: mostly(fc.constant(BOTH), fc.subarray(BOTH)),
          maxConcurrent: fc.integer({ min: 1, max: 3 }),
          running: mostly(fc.nat(2), fc.nat(4)),
          // Long ones of one sort differ enough to be told apart.
          record: mostly(
            fc.array(fc.constantFrom(good, bad), { maxLength: 20 }),
            fc.constantFrom(Array<Experience>(9).fill(good), Array<Experience>(9).fill(bad)),
          ),
        })
        .map((more) => agent(id, more)),
    ),
  )
  const views = fc.record({
    tasks,
    agents,
    freeRuns: mostly(fc.constant(4), fc.integer({ min: -2, max: 5 })),
  })

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

  it('gives the same answer to the same view, in whatever order the agents are told', () => {
    fc.assert(
      fc.property(views, (seen) => {
        const before = structuredClone(seen)
        const answer = route(seen)
        expect(seen).toEqual(before)
        expect(route(before)).toEqual(answer)
        const turned = route({ ...seen, agents: seen.agents.toReversed() })
        expect(turned.decisions).toEqual(answer.decisions)
        expect(turned.standing.kind).toBe(answer.standing.kind)
      }),
      // Equals that only their names tell apart are rare.
      { numRuns: 1_000 },
    )
  })

  it('goes by the wish, then by who has not failed, and says why', () => {
    fc.assert(
      fc.property(views, (seen) => {
        for (const { task: id, agent: chosen, why } of runs(route(seen).decisions)) {
          const one = seen.tasks.find((each) => each.id === id)
          const failed = one?.failedAgents ?? []
          const able = ableFor(seen, one)
          if (failed.includes(chosen))
            expect(able.every((each) => failed.includes(each))).toBe(true)
          const { wantedAgent: wanted = '' } = one ?? {}
          const isFresh = !failed.includes(wanted) || failed.includes(chosen)
          if (able.includes(wanted) && isFresh) expect(chosen).toBe(wanted)
          expect(why).not.toBe('')
        }
      }),
    )
  })

  it('leaves no ready task alone while somebody able has a place for it', () => {
    const queued = ['a', 'b', 'c'].map((key) => task(key, { state: 'queued' }))
    fc.assert(
      fc.property(agents, fc.nat(4), (all, freeRuns) => {
        const started = runs(route({ tasks: queued, agents: all, freeRuns }).decisions)
        const after = all.map((each) => {
          const mine = started.filter(({ agent: id }) => id === each.id)
          return { ...each, running: each.running + mine.length }
        })
        const free = after.filter(({ running, maxConcurrent }) => running < maxConcurrent)
        if (started.length === Math.min(queued.length, freeRuns)) return
        for (const one of queued) expect(ableFor({ agents: free }, one)).toEqual([])
      }),
    )
  })

  it('chooses the least loaded, and of those nobody with a clearly worse record', () => {
    const one = task('a', { state: 'queued' })
    const share = ({ running, maxConcurrent }: AgentView) => running / maxConcurrent
    fc.assert(
      fc.property(agents, (all) => {
        const [run] = runs(route(view({ tasks: [one], agents: all })).decisions)
        const chosen = all.find(({ id }) => id === run?.agent)
        const able = all.filter(({ id }) => ableFor({ agents: all }, one).includes(id))
        expect(chosen !== undefined).toBe(able.some((each) => share(each) < 1))
        for (const other of chosen ? able : []) {
          if (!chosen || share(other) > share(chosen)) continue
          expect(share(other)).toBe(share(chosen))
          // Records closer than a tenth are alike.
          const lead = score(other.record, one.kind) - score(chosen.record, one.kind)
          expect(lead).toBeLessThanOrEqual(0.1)
        }
      }),
    )
  })

  it('calls for an agent only with the name of each and what stands against it', () => {
    fc.assert(
      fc.property(views, (seen) => {
        const { standing } = route(seen)
        if (standing.kind !== 'no_agent') return
        for (const { id } of seen.agents) expect(standing.absent).toContain(`${id}: `)
      }),
    )
  })
})

/** The available agents for a task's kind of work, by id. */
const ableFor = ({ agents }: Pick<RouterView, 'agents'>, one: TaskView | undefined): string[] =>
  agents.flatMap(({ id, available, kinds }) =>
    available && one && kinds.includes(one.kind) ? [id] : [],
  )
