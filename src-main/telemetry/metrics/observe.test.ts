import { describe, expect, it } from 'vitest'
import type { Approval, EventDraft, Run, StoredEvent } from '../../../src-shared/contract/index.ts'
import { type Known, type Observation, observe } from './observe.ts'

const STARTED = '2026-01-02T03:00:00.000Z'
const AT = '2026-01-02T03:01:30.000Z'

const known: Known = {
  task: (id) =>
    id === 't1'
      ? { kind: 'fix', agent: 'codex', createdAt: '2026-01-02T02:00:00.000Z' }
      : undefined,
}
const run: Run = {
  id: 'r1',
  n: 1,
  sessionId: 's1',
  agent: 'codex',
  cause: 'check_failed',
  state: 'ended',
  startedAt: STARTED,
  endedAt: AT,
  usage: { inputTokens: 1_000, outputTokens: 20, costUsd: 0.5 },
}
const approval: Approval = {
  id: 'q1',
  sessionId: 's1',
  kind: 'permission',
  question: 'May it?',
  options: [],
  state: 'denied',
  subject: 'rm',
  at: STARTED,
}
const reason = { code: 'save_unchecked', message: 'what an agent may have said' } as const
const checkpoint = { n: 1, tag: 't', commit: 'c', message: '', at: AT, evidence: [] }
const evidence = { check: 'test', command: 'x', tree: 't', durationMs: 2_500, log: 'l', at: AT }

const about = { sessionId: 's1', taskId: 't1', actor: 'orchestrator' }
const moved = (data: EventDraft<'task.state_changed'>['data'], taskId = 't1'): EventDraft => ({
  ...about,
  taskId,
  type: 'task.state_changed',
  data,
})
const ended = (more: Partial<Run>, taskId = 't1'): EventDraft => ({
  ...about,
  taskId,
  type: 'run.ended',
  data: { outcome: 'succeeded', run: { ...run, ...more }, leftovers: 0 },
})

const count = (name: string, labels: object, by = 1) => ({ count: name, labels, by })
const time = (name: string, labels: object, seconds: number) => ({ time: name, labels, seconds })
const usage = [
  count('tokens', { agent: 'codex', direction: 'input' }, 1_000),
  count('tokens', { agent: 'codex', direction: 'output' }, 20),
  count('cost', { agent: 'codex' }, 0.5),
]

const cases: [string, EventDraft, object[]][] = [
  [
    'an event that says nothing more',
    { ...about, type: 'settings.changed', data: { key: 'x' } },
    [],
  ],
  [
    'a run that started',
    { ...about, type: 'run.started', data: { run } },
    [count('runsStarted', { agent: 'codex', cause: 'check_failed' })],
  ],
  [
    'a run that ended',
    ended({}),
    [
      count('runsEnded', { agent: 'codex', kind: 'fix', outcome: 'succeeded' }),
      time('runDuration', { agent: 'codex' }, 90),
      ...usage,
    ],
  ],
  [
    'a planner’s run on a clock that was set back',
    ended({ endedAt: '2026-01-01T00:00:00.000Z' }, 'unknown'),
    [
      count('runsEnded', { agent: 'codex', kind: 'plan', outcome: 'succeeded' }),
      time('runDuration', { agent: 'codex' }, 0),
      ...usage,
    ],
  ],
  [
    'an integration',
    moved({ from: 'integrating', to: 'integrated' }),
    [
      count('integrations', { outcome: 'integrated' }),
      count('tasksIntegrated', { agent: 'codex' }),
      time('taskLatency', { kind: 'fix' }, 3_690),
    ],
  ],
  [
    'a review, which changes nothing and so is no integration',
    moved({ from: 'reported', to: 'integrated' }),
    [count('tasksIntegrated', { agent: 'codex' }), time('taskLatency', { kind: 'fix' }, 3_690)],
  ],
  [
    'a conflict',
    moved({ from: 'integrating', to: 'conflicted', reason: { ...reason, code: 'merge_conflict' } }),
    [
      count('integrations', { outcome: 'conflicted' }),
      count('conflicts', { reason: 'merge_conflict' }),
    ],
  ],
  ['a move of no interest', moved({ from: 'queued', to: 'running' }), []],
  [
    'a green check',
    { ...about, type: 'evidence.recorded', data: { evidence: { ...evidence, exitCode: 0 } } },
    [time('checkDuration', { result: 'green' }, 2.5)],
  ],
  [
    'a check whose time was up',
    { ...about, type: 'evidence.recorded', data: { evidence: { ...evidence, exitCode: null } } },
    [time('checkDuration', { result: 'red' }, 2.5)],
  ],
  [
    'an answer',
    { ...about, type: 'approval.decided', data: { approval } },
    [time('approvalWait', { kind: 'permission', state: 'denied' }, 90)],
  ],
  [
    'a Save',
    { ...about, type: 'checkpoint.saved', data: { checkpoint } },
    [count('checkpoints', {})],
  ],
  [
    'a refused Save',
    { ...about, type: 'save.refused', data: { reason } },
    [count('savesRefused', { code: 'save_unchecked' })],
  ],
  [
    'a roll back',
    { ...about, type: 'rollback.done', data: { checkpoint, mode: 'rewind' } },
    [count('rollbacks', { mode: 'rewind' })],
  ],
  [
    'a refused roll back',
    { ...about, type: 'rollback.refused', data: { reason } },
    [count('rollbacksRefused', { code: 'save_unchecked' })],
  ],
  [
    'an alert',
    {
      ...about,
      type: 'alert.raised',
      data: { alert: { id: 'disk_low', kind: 'disk_low', message: 'words', at: AT } },
    },
    [count('alertsRaised', { kind: 'disk_low' })],
  ],
]

describe('observe', () => {
  it.each(cases)('of %s', (_, draft, expected) => {
    const seen = observe({ ...draft, seq: 1, at: AT } as StoredEvent, known)
    expect(seen).toEqual([count('events', { type: draft.type }), ...expected])
    expect(labelValues(seen).join(' ')).not.toContain('said')
  })
})

const labelValues = (seen: Observation[]): string[] =>
  seen.flatMap(({ labels }) => Object.values(labels))
