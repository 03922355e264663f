import { afterEach, describe, expect, it } from 'vitest'
import type { Alert, EventDraft, Run, StoredEvent } from '../../../src-shared/contract/index.ts'
import { parseMetrics, sampleValue } from '../fixture/parse-metrics.ts'
import { createMetrics, type Metrics } from './create-metrics.ts'

const AT = '2026-01-02T03:04:05.000Z'
const alert: Alert = { id: 'disk_low', kind: 'disk_low', message: 'words', at: AT }
const run = { id: 'r1', agent: 'codex' } as Run

let now = 0
let metrics: Metrics
let tell: (draft: EventDraft) => void = () => undefined
function open() {
  const listeners = new Set<(event: StoredEvent) => void>()
  let live: Run[] = [run]
  metrics = createMetrics({
    events: {
      // As much of the tables as is read.
      read: {
        tasks: {
          get: () => undefined,
          counts: () => [
            { session: 'active', state: 'queued', count: 2 },
            { session: 'suspended', state: 'queued', count: 3 },
          ],
          waiting: () => ['a', 'b'],
        },
        runs: { unended: () => live },
        approvals: { open: () => [{ kind: 'save' }] },
      } as unknown as Parameters<typeof createMetrics>[0]['events']['read'],
      subscribe(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    alerts: () => [alert],
    monotonic: () => now,
  })
  tell = (draft) => {
    for (const listener of listeners) listener({ ...draft, seq: 1, at: AT } as StoredEvent)
  }
  return { listeners, end: () => (live = []) }
}
afterEach(() => metrics.close())

const look = async () => parseMetrics(await metrics.text())
const moved = (to: 'integrated' | 'conflicted' | 'failed' | 'cancelled'): EventDraft => ({
  type: 'task.state_changed',
  actor: 'orchestrator',
  taskId: 't1',
  data: { from: 'integrating', to },
})

describe('createMetrics', () => {
  it('answers with text that a scraper can read, and with what is so now', async () => {
    const { end } = open()
    const before = await look()
    expect(before.every(({ name }) => name.startsWith('thalogos_'))).toBe(true)
    expect(sampleValue(before, 'thalogos_tasks', { state: 'queued' })).toBe(5)
    expect(sampleValue(before, 'thalogos_tasks', { state: 'running' })).toBe(0)
    expect(sampleValue(before, 'thalogos_queue_depth')).toBe(2)
    expect(sampleValue(before, 'thalogos_runs_live', { agent: 'codex' })).toBe(1)
    expect(sampleValue(before, 'thalogos_approvals_open', { kind: 'save' })).toBe(1)
    expect(sampleValue(before, 'thalogos_approvals_open', { kind: 'content' })).toBe(0)
    expect(sampleValue(before, 'thalogos_alerts_open', { kind: 'disk_low' })).toBe(1)
    expect(sampleValue(before, 'thalogos_alerts_open', { kind: 'run_stalled' })).toBe(0)
    expect(sampleValue(before, 'thalogos_process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(
      sampleValue(before, 'thalogos_event_loop_delay_seconds', { quantile: '0.99' }),
    ).toBeLessThan(60)
    end()
    // An agent without a run is gone, not at its last value.
    expect(sampleValue(await look(), 'thalogos_runs_live', { agent: 'codex' })).toBeUndefined()
  })

  it('counts what happens from now on, and not after it was closed', async () => {
    const { listeners } = open()
    tell({
      type: 'rollback.refused',
      actor: 'user',
      data: { reason: { code: 'rollback_nothing', message: '' } },
    })
    const samples = await look()
    expect(sampleValue(samples, 'thalogos_events_total', { type: 'rollback.refused' })).toBe(1)
    expect(
      sampleValue(samples, 'thalogos_rollbacks_refused_total', { code: 'rollback_nothing' }),
    ).toBe(1)
    metrics.close()
    expect(listeners.size).toBe(0)
  })

  it('knows how the last 50 integrations went', async () => {
    open()
    expect(sampleValue(await look(), 'thalogos_merge_success_ratio')).toBeUndefined()
    tell(moved('conflicted'))
    tell(moved('cancelled'))
    tell(moved('integrated'))
    tell(moved('failed'))
    tell(moved('integrated'))
    const few = await look()
    expect(sampleValue(few, 'thalogos_merge_success_ratio')).toBe(0.5)
    expect(sampleValue(few, 'thalogos_conflict_ratio')).toBe(0.25)
    expect(sampleValue(few, 'thalogos_integrations_total', { outcome: 'cancelled' })).toBe(1)
    for (let n = 0; n < 49; n += 1) tell(moved('integrated'))
    expect(sampleValue(await look(), 'thalogos_conflict_ratio')).toBe(0)
    expect(sampleValue(await look(), 'thalogos_merge_success_ratio')).toBe(1)
  })

  it('times a Save from its request, also one that is refused or fails', async () => {
    open()
    const took = async (ms: number, end: () => { ok: boolean }) => {
      await Promise.resolve()
      now += ms
      return end()
    }
    const save = metrics.timed('save', took)
    expect(await save(2_000, () => ({ ok: true }))).toEqual({ ok: true })
    await save(40, () => ({ ok: false }))
    const broken = () => {
      throw new Error('broken')
    }
    await expect(save(1, broken)).rejects.toThrow('broken')
    const samples = await look()
    const of = (part: string, outcome: string, more = {}) =>
      sampleValue(samples, `thalogos_deed_duration_seconds_${part}`, {
        deed: 'save',
        outcome,
        ...more,
      })
    expect(of('sum', 'done')).toBe(2)
    expect(of('bucket', 'done', { le: '1' })).toBe(0)
    expect(of('bucket', 'done', { le: '2.5' })).toBe(1)
    expect(of('bucket', 'refused', { le: '0.05' })).toBe(1)
    expect(of('count', 'failed')).toBe(1)
  })
})
