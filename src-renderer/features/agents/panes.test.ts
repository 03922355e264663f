import { describe, expect, it } from 'vitest'
import type { Run, Session } from '../../../src-shared/contract/index.ts'
import { columnsOf, elapsed, paneRuns, shownRuns } from './panes.ts'

const run = (n: number, state: Run['state'] = 'ended') =>
  ({ id: `r${n}`, n, state, startedAt: '2026-01-01T10:00:00Z', agent: 'codex' }) as Run
const session = (...tasks: Run[][]) =>
  ({ tasks: tasks.map((runs, at) => ({ id: `t${at}`, runs })) }) as unknown as Session
const shown = (of: Session, choices = {}) =>
  shownRuns(paneRuns(of), choices).map(({ run: { id } }) => id)

describe('the runs with a pane', () => {
  it('are all that work, however many', () => {
    const busy = [1, 2, 3, 4, 5, 6].map((n) => [run(n, 'running')])
    expect(shown(session(...busy))).toHaveLength(6)
  })

  it('are also the newest that ended, while four can be read side by side', () => {
    const of = session([run(1)], [run(2)], [run(3)], [run(4)], [run(5, 'running')])
    expect(shown(of)).toEqual(['r2', 'r3', 'r4', 'r5'])
  })

  it('are of a task that was tried again only the last', () => {
    expect(shown(session([run(1), run(3)], [run(2)]))).toEqual(['r2', 'r3'])
  })

  it('are what the user wants: opened ones stay, closed ones go, also those that work', () => {
    const of = session([run(1), run(3, 'running')], [run(2)])
    expect(shown(of, { r1: 'open', r3: 'closed' })).toEqual(['r1', 'r2'])
  })
})

it('stand in one, two, three or four columns', () => {
  expect([1, 2, 4, 5, 6, 9, 10].map(columnsOf)).toEqual([1, 2, 2, 3, 3, 3, 4])
})

it('count their time to their end, or to now, and never below zero', () => {
  const now = Date.parse('2026-01-01T10:00:05Z')
  expect(elapsed(run(1), now)).toBe(5_000)
  expect(elapsed({ ...run(1), endedAt: '2026-01-01T10:00:02Z' }, now)).toBe(2_000)
  expect(elapsed(run(1), 0)).toBe(0)
})
