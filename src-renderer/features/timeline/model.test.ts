import { describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { modelOf } from './model.ts'
import { fitted, toTime, toX, within, zoomed } from './scale.ts'
import { lanesOf, sceneOf } from './scene.ts'

const START = Date.parse('2026-01-01T10:00:00Z')
const time = (second: number) => new Date(START + second * 1_000).toISOString()
let seq = 0
const event = (type: string, second: number, data: unknown) =>
  ({
    type,
    data,
    at: time(second),
    seq: ++seq,
    sessionId: 's',
    taskId: 't',
    actor: 'orchestrator',
  }) as StoredEvent
const run = (id: string, agent: string, [from = 0, to]: [number, number?]) => ({
  id,
  agent,
  taskId: 't',
  startedAt: time(from),
  ...(to === undefined ? {} : { endedAt: time(to), outcome: 'succeeded' }),
})

const history = [
  event('task.created', 0, { title: 'One' }),
  event('run.started', 1, { run: run('a', 'codex', [1]) }),
  event('run.started', 2, { run: run('b', 'codex', [2]) }),
  event('run.ended', 3, { run: run('a', 'codex', [1, 3]) }),
  event('run.started', 4, { run: run('c', 'codex', [4]) }),
  event('run.started', 4, { run: run('d', 'claude', [4]) }),
  event('evidence.recorded', 6, { evidence: { check: 'test', exitCode: 1, durationMs: 5 } }),
  event('task.state_changed', 7, { to: 'integrated' }),
  event('checkpoint.saved', 8, { checkpoint: { n: 1 } }),
]

describe('the timeline', () => {
  const model = modelOf(history)

  it('has a lane for each agent, and rows for what it did at the same time', () => {
    expect(model.agents).toEqual(['codex', 'claude'])
    expect(model.rows).toEqual([2, 1])
    const bars = model.marks.filter((mark) => mark.kind === 'run')
    expect(bars.map(({ runId, lane, row }) => [runId, lane, row])).toEqual([
      ['a', 0, 0],
      ['b', 0, 1],
      ['c', 0, 0],
      ['d', 1, 0],
    ])
  })

  it('lets checks stand in the lane of the work, merges and checkpoints in the integration', () => {
    const lanes = Object.fromEntries(model.marks.map(({ kind, lane }) => [kind, lane]))
    expect(lanes).toMatchObject({ check: 1, merge: 2, checkpoint: 2 })
  })

  it('draws no more than there is room for, of ten thousand runs', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => [
      event('run.started', n, { run: run(`x${n}`, 'codex', [n]) }),
      event('run.ended', n + 0.9, { run: run(`x${n}`, 'codex', [n, n + 0.9]) }),
    ]).flat()
    const long = modelOf(many)
    const view = fitted(long.start, long.end)
    const lanes = lanesOf(1, 150)
    const { bars } = sceneOf(long, view, { now: long.end, width: 1_000, lanes })
    expect(bars.length).toBeLessThan(1_000)
    expect(bars.reduce((sum, { runs }) => sum + runs.length, 0)).toBe(10_000)
  })

  it('leaves out what is not in sight', () => {
    const drawn = { now: model.end, width: 500, lanes: lanesOf(2, 150) }
    const { bars, signs } = sceneOf(model, { from: START - 9_000, to: START - 1_000 }, drawn)
    expect([bars.length, signs.length]).toEqual([0, 0])
  })
})

describe('the view', () => {
  it('zooms around a moment that stays where it is', () => {
    const view = { from: 0, to: 100_000 }
    const near = zoomed(view, 0.5, 20_000)
    expect(toX(near, 20_000, 1_000)).toBeCloseTo(toX(view, 20_000, 1_000))
    expect(toTime(near, toX(near, 33_000, 1_000), 1_000)).toBeCloseTo(33_000)
  })

  it('never leaves the session', () => {
    const lost = within({ from: 900_000, to: 950_000 }, 0, 100_000)
    expect(lost.from).toBeLessThan(100_000)
  })
})
