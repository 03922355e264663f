import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Agent, projectConfigSchema, type Run } from '../../../src-shared/contract/index.ts'
import { createLog } from '../../base/index.ts'
import { createEvents, type Events } from '../../events/index.ts'
import { openStorage, type Storage } from '../../storage/index.ts'
import { type Alerts, createAlerts } from './create-alerts.ts'
import type { RunSign } from './run-watch.ts'

const AT = '2026-01-02T00:00:00.000Z'
const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0 }

let dir = ''
let storage: Storage
let events: Events
let alerts: Alerts
// The world outside: two clocks, what the runner sees, the disk.
let minute = 0
let signs: RunSign[] = []
let free = 50
let errors: string[] = []
const clock = { now: () => new Date(Date.parse(AT) + minute * 60_000).toISOString() }
const log = createLog((level, message, fields) => {
  if (level === 'error') errors.push(`${message} ${String(fields['error'])}`)
})

function open() {
  const opened = openStorage({ dir, clock, log })
  if (!opened.ok) throw new Error(opened.error.message)
  storage = opened.value
  events = createEvents({ storage, clock, log })
}
const watch = () => {
  alerts = createAlerts({
    events,
    runs: () => signs,
    places: () => 1,
    agentName: (id) => id.toUpperCase(),
    dataDir: dir,
    clock,
    log,
    monotonic: () => minute * 60_000,
    busy: () => 0,
    isAble: (pid) => pid !== STOPPED,
    disk: () => Promise.resolve({ free: free * 2 ** 30, total: 100 * 2 ** 30 }),
  })
}
/** Minutes pass, looked at as often as by itself. */
async function pass(minutes: number) {
  const until = minute + minutes
  while (minute < until) {
    minute = Math.min(until, minute + 1 / 12)
    await alerts.beat()
  }
}
const STOPPED = 666
const sign = (more: Partial<RunSign>): RunSign => ({
  runId: 'r1',
  pid: 1,
  gone: false,
  waits: false,
  output: 10,
  ...more,
})
const ids = () => alerts.list().map(({ id }) => id)
const told = () =>
  events
    .since(0, { types: ['alert.raised', 'alert.cleared'] })
    .map(({ type, data }) => `${type} ${(data as { alert: { id: string } }).alert.id}`)

const run = (id: string, n: number, more: Partial<Run> = {}): Run => ({
  id,
  n,
  sessionId: 's',
  taskId: 'a',
  agent: 'codex',
  cause: 'first',
  state: 'running',
  startedAt: AT,
  usage,
  ...more,
})
const task = (id: string, state: 'queued' | 'running' | 'integrating') => ({
  id,
  sessionId: 's',
  key: id,
  title: `Title \u001b[31mof ${id}`,
  prompt: '',
  kind: 'implement' as const,
  state,
  needs: [],
  files: [],
  branch: `task/${id}`,
  createdAt: AT,
  updatedAt: AT,
})
function settleTask(taskId: string, to: 'integrated' | 'conflicted') {
  events.commit((tables, emit) => {
    tables.tasks.update(taskId, { state: to, commit: 'c', updatedAt: clock.now() })
    const data = { from: 'integrating' as const, to }
    emit({ type: 'task.state_changed', actor: 'orchestrator', sessionId: 's', taskId, data })
  })
}
function rollBack(n: number) {
  const checkpoint = {
    n,
    tag: `t${n}`,
    commit: `c${n}`,
    message: '',
    at: clock.now(),
    evidence: [],
  }
  events.commit((tables, emit) => {
    tables.checkpoints.insert({ ...checkpoint, restores: 0, sessionId: 's' })
    const data = { checkpoint: { ...checkpoint, restores: 0 }, mode: 'restore' as const }
    emit({ type: 'rollback.done', actor: 'user', sessionId: 's', data })
  })
}
const agent = (more: Partial<Agent>): Agent => ({
  id: 'codex',
  name: 'Codex',
  available: true,
  kinds: [],
  limits: { maxConcurrent: 1 },
  resume: false,
  structured: false,
  approvals: false,
  mcp: false,
  models: [],
  asking: '',
  passes: { args: [], env: [] },
  ...more,
})
const find = (more: Partial<Agent>) =>
  events.commit((_tables, emit) =>
    emit({ type: 'agent.changed', actor: 'orchestrator', data: { agent: agent(more) } }),
  )
const SIGNED_OUT = { available: false, reason: { code: 'not_signed_in', message: '' } } as const
const end = (id: string, n: number, more: Partial<Run>) =>
  events.commit((tables, emit) => {
    const ended = run(id, n, { state: 'ended', endedAt: clock.now(), ...more })
    tables.runs.insert(ended)
    const data = { outcome: ended.outcome ?? 'failed', run: ended, leftovers: 0 }
    emit({ type: 'run.ended', actor: 'orchestrator', sessionId: 's', runId: id, data })
  })

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-alerts-'))
  minute = 0
  signs = []
  free = 50
  errors = []
  open()
  storage.write((tables) => {
    tables.projects.insert({ id: 'p', path: '/p', name: 'p', createdAt: AT })
    tables.sessions.insert({
      id: 's',
      projectId: 'p',
      goal: 'The goal',
      state: 'active',
      target: 'main',
      base: 'c',
      integrationBranch: 'b',
      integrationHead: 'c',
      digest: 'd',
      projectConfig: projectConfigSchema.parse({}),
      trusted: true,
      agents: [],
      createdAt: AT,
      updatedAt: AT,
    })
    tables.tasks.insert(task('a', 'running'))
    tables.runs.insert(run('r1', 1))
  })
})
afterEach(async () => {
  await alerts.close()
  storage.close()
  rmSync(dir, { recursive: true, force: true })
  expect(errors).toEqual([])
})

describe('createAlerts', () => {
  it('raises a stalled run once and clears it once when it prints again', async () => {
    watch()
    signs = [sign({})]
    await pass(9)
    expect(ids()).toEqual([])
    await pass(4)
    expect(alerts.list()).toMatchObject([
      {
        id: 'run_stalled:r1',
        sessionId: 's',
        taskId: 'a',
        runId: 'r1',
        message: expect.stringContaining('CODEX has printed nothing for 10 minutes'),
      },
    ])
    expect(alerts.list()[0]?.message).toContain('“Title of a”')
    signs = [sign({ output: 11 })]
    await pass(1)
    expect(told()).toEqual(['alert.raised run_stalled:r1', 'alert.cleared run_stalled:r1'])
    const [event] = events.since(0, { types: ['alert.raised'] })
    expect(event).toMatchObject({ sessionId: 's', taskId: 'a', runId: 'r1' })
  })

  it('lets a run wait for an answer for as long as it takes', async () => {
    watch()
    signs = [sign({})]
    storage.write((tables) =>
      tables.approvals.insert({
        id: 'q',
        sessionId: 's',
        taskId: 'a',
        runId: 'r1',
        kind: 'permission',
        question: '?',
        options: [],
        state: 'open',
        subject: '',
        at: AT,
      }),
    )
    await pass(60)
    expect(ids()).toEqual([])
    storage.write((tables) => tables.approvals.update('q', { state: 'allowed' }))
    signs = [sign({ waits: true })]
    await pass(11)
    signs = [sign({})]
    await pass(9)
    expect(ids()).toEqual([])
    await pass(2)
    expect(ids()).toEqual(['run_stalled:r1'])
  })

  it('takes no sleep of the machine for silence', async () => {
    watch()
    storage.write((tables) => tables.tasks.insert(task('b', 'queued')))
    signs = [sign({})]
    await pass(1)
    minute += 8 * 60
    await alerts.beat()
    await pass(1)
    expect(ids()).toEqual([])
  })

  it('says that a process is gone, and takes it back when the run has ended', async () => {
    watch()
    signs = [sign({ pid: undefined })]
    await pass(1)
    signs = [sign({ gone: true })]
    await pass(1 / 6)
    expect(ids()).toEqual([])
    await pass(1 / 6)
    expect(ids()).toEqual(['heartbeat_lost:r1'])
    signs = []
    await alerts.beat()
    expect(ids()).toEqual([])
  })

  it('tells of tasks that wait, of conflicts and of roll backs, until it is over', async () => {
    watch()
    storage.write((tables) => {
      for (const id of ['b', 'c', 'd', 'e', 'f']) tables.tasks.insert(task(id, 'integrating'))
      tables.tasks.insert(task('w', 'queued'))
    })
    for (const id of ['b', 'c', 'd']) settleTask(id, 'conflicted')
    rollBack(1)
    rollBack(2)
    await alerts.beat()
    expect(ids()).toEqual(['merge_failures:s', 'repeated_rollbacks:s'])
    await pass(31)
    expect(ids()).toContain('queue_backlog')
    storage.write((tables) => tables.tasks.update('w', { state: 'cancelled' }))
    for (const id of ['e', 'f']) settleTask(id, 'integrated')
    await alerts.beat()
    expect(ids()).toEqual(['merge_failures:s', 'repeated_rollbacks:s'])
    storage.write((tables) => tables.tasks.update('e', { state: 'integrating' }))
    settleTask('e', 'integrated')
    await pass(30)
    expect(ids()).toEqual([])
    expect(told().slice(-2)).toEqual([
      'alert.cleared merge_failures:s',
      'alert.cleared repeated_rollbacks:s',
    ])
  })

  it('tells of an agent that was used or could be, and of no other', async () => {
    watch()
    find(SIGNED_OUT)
    await alerts.beat()
    expect(ids()).toEqual([])
    find({})
    find(SIGNED_OUT)
    await alerts.beat()
    expect(ids()).toEqual(['agent_signed_out:codex'])
    find({})
    await alerts.beat()
    expect(ids()).toEqual([])
    end('r2', 2, { agent: 'claude', reason: { code: 'not_signed_in', message: '' } })
    await alerts.beat()
    expect(ids()).toEqual(['agent_signed_out:claude'])
    end('r3', 3, { agent: 'claude', outcome: 'crashed' })
    await alerts.beat()
    expect(ids()).toEqual(['agent_signed_out:claude'])
    end('r4', 4, { agent: 'claude', outcome: 'succeeded' })
    await alerts.beat()
    expect(ids()).toEqual([])
  })

  it('keeps after a restart what still holds, and clears the rest', async () => {
    watch()
    storage.write((tables) => {
      for (const id of ['b', 'c', 'd']) tables.tasks.insert(task(id, 'integrating'))
    })
    for (const id of ['b', 'c', 'd']) settleTask(id, 'conflicted')
    end('r2', 2, { agent: 'claude', reason: { code: 'not_signed_in', message: '' } })
    free = 1
    signs = [sign({ pid: STOPPED })]
    await pass(1)
    const before = alerts.list()
    expect(ids()).toHaveLength(4)
    await alerts.close()
    storage.close()

    minute += 5
    signs = []
    open()
    watch()
    await alerts.beat()
    expect(alerts.list()).toEqual(before.filter(({ kind }) => kind !== 'heartbeat_lost'))
    expect(told().slice(4)).toEqual(['alert.cleared heartbeat_lost:r1'])
  })

  it('starts without those of an earlier process when they cannot be read', async () => {
    storage.write((tables) => tables.settings.set('alerts.open', [{ id: 1 }]))
    watch()
    await alerts.beat()
    expect(ids()).toEqual([])
  })
})
