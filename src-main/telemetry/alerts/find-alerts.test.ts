import { describe, expect, it } from 'vitest'
import { alertKinds } from '../../../src-shared/contract/index.ts'
import { findAlerts, thresholds } from './find-alerts.ts'
import type { HealthView, IntegrationOutcome, RunHealth, SessionHealth } from './health-view.ts'

const GIB = 1024 ** 3
const MINUTE = 60_000

const well: HealthView = {
  open: new Set(),
  beatMs: 5_000,
  runs: [],
  queue: { waiting: 0, longestMs: 0, places: 4 },
  sessions: [],
  disk: { free: 100 * GIB, total: 200 * GIB },
  agents: [],
}
const run = (more: Partial<RunHealth>): HealthView => ({
  ...well,
  runs: [
    {
      runId: 'r1',
      sessionId: 's1',
      taskId: 't1',
      agent: 'codex',
      agentName: 'Codex',
      title: 'Mend it',
      silentMs: 0,
      quietMs: 0,
      attended: false,
      ...more,
    },
  ],
})
const session = (more: Partial<SessionHealth>): HealthView => ({
  ...well,
  sessions: [{ id: 's1', goal: 'A goal', integrations: [], rollbacks: [], ...more }],
})
const queue = (waiting: number, minutes: number, ...open: string[]): HealthView => ({
  ...well,
  open: new Set(open),
  queue: { waiting, longestMs: minutes * MINUTE, places: 4 },
})
const disk = (free: number, total: number, ...open: string[]): HealthView => ({
  ...well,
  open: new Set(open),
  disk: { free: free * GIB, total: total * GIB },
})
const outcomes = (text: string): IntegrationOutcome[] =>
  [...text].map((letter) => (letter === 'x' ? 'conflicted' : 'integrated'))
const agent = (signedOut: boolean): HealthView => ({
  ...well,
  agents: [{ id: 'codex', name: 'Codex', signedOut }],
})

const cases: [what: string, view: HealthView, ids: string[]][] = [
  ['all is well', well, []],
  ['the loop was a little late', { ...well, beatMs: thresholds.lostBeatMs - 1 }, []],
  ['the loop was blocked', { ...well, beatMs: 11_000 }, ['heartbeat_lost:orchestrator']],
  ['a process misses one look', run({ silentMs: 6_000 }), []],
  ['a process is gone', run({ silentMs: 11_000 }), ['heartbeat_lost:r1']],
  ['a run thinks', run({ quietMs: 10 * MINUTE - 1 }), []],
  ['a run stalls', run({ quietMs: 10 * MINUTE }), ['run_stalled:r1']],
  ['a person reads at a terminal', run({ quietMs: 60 * MINUTE, attended: true }), []],
  ['a person’s process is gone', run({ silentMs: 11_000, attended: true }), ['heartbeat_lost:r1']],
  ['a large plan began', queue(40, 1), []],
  ['tasks wait long', queue(1, 30), ['queue_backlog']],
  ['many tasks wait', queue(41, 1), ['queue_backlog']],
  ['still many tasks wait', queue(21, 1, 'queue_backlog'), ['queue_backlog']],
  ['the queue is worked off', queue(20, 1, 'queue_backlog'), []],
  ['two of five conflict', session({ integrations: outcomes('x.x..') }), []],
  ['three of five conflict', session({ integrations: outcomes('x.x.x') }), ['merge_failures:s1']],
  ['the first three conflict', session({ integrations: outcomes('xxx') }), ['merge_failures:s1']],
  ['conflicts are long ago', session({ integrations: outcomes('xxx...') }), []],
  ['one roll back', session({ rollbacks: [1] }), []],
  ['two within an hour', session({ rollbacks: [59 * MINUTE, 1] }), ['repeated_rollbacks:s1']],
  ['two in two hours', session({ rollbacks: [60 * MINUTE, 1] }), []],
  ['less than 1 GiB is free', disk(0.99, 20), ['disk_low']],
  ['1 GiB is free', disk(1, 20), []],
  ['1.05 GiB is free again', disk(1.05, 20, 'disk_low'), ['disk_low']],
  ['1.1 GiB is free again', disk(1.1, 20, 'disk_low'), []],
  ['less than 2 % of a large disk are free', disk(19.9, 1_000), ['disk_low']],
  ['2 % of a large disk are free', disk(20, 1_000), []],
  ['the disk does not tell', { ...well, disk: undefined }, []],
  ['an agent is signed out', agent(true), ['agent_signed_out:codex']],
  ['an agent is signed in', agent(false), []],
]

describe('findAlerts', () => {
  it.each(cases)('when %s', (_, view, ids) => {
    expect(findAlerts(view).map(({ id }) => id)).toEqual(ids)
  })

  it('finds everything at once, each kind with whom it is about', () => {
    const found = findAlerts({
      ...agent(true),
      beatMs: 12_000,
      runs: run({ silentMs: 15_500, quietMs: 11.5 * MINUTE }).runs,
      queue: queue(1, 31).queue,
      sessions: session({ integrations: outcomes('.xxx.'), rollbacks: [3, 2, 1] }).sessions,
      disk: { free: GIB / 2, total: 20 * GIB },
    })
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(alertKinds))
    const of = (id: string) => found.find((one) => one.id === id)
    expect(of('run_stalled:r1')).toMatchObject({
      sessionId: 's1',
      taskId: 't1',
      runId: 'r1',
      agent: 'codex',
      message: expect.stringContaining('for 11 minutes while it works on “Mend it”'),
    })
    expect(of('heartbeat_lost:r1')?.message).toContain('for 15 seconds')
    expect(of('queue_backlog')?.message).toContain('1 task could run')
    expect(of('merge_failures:s1')).toMatchObject({
      sessionId: 's1',
      message: expect.stringContaining('3 of the last 5 integrations of “A goal”'),
    })
    expect(of('repeated_rollbacks:s1')?.message).toContain('3 times within an hour')
    expect(of('disk_low')?.message).toContain('0.5 GiB left of 20.0 GiB')
    expect(of('agent_signed_out:codex')?.agent).toBe('codex')
  })
})
