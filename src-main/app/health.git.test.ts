import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld, SHELL, shellTask as task, type World } from './fixture/world.ts'

let world: World
let now = 0
beforeEach(async () => {
  now = 0
  world = await createWorld({
    monotonic: () => now,
    agents: { shell: { ...SHELL, maxConcurrent: 4 }, codex: { enabled: false } },
  })
})
afterEach(() => world.close())

const told = () =>
  world.parts.events
    .since(0, { types: ['alert.raised', 'alert.cleared'] })
    .map(({ type, data }) => `${type} ${(data as { alert: { kind: string } }).alert.kind}`)
/** A line of /metrics as it must stand there. */
const lines = async () => (await world.parts.metrics.text()).split('\n')
async function pass(minutes: number) {
  for (let beat = 0; beat < minutes * 12; beat += 1) {
    now += 5_000
    await world.parts.alerts.beat()
  }
}
const said = (text: string) =>
  new Promise<void>((resolve) => {
    const stop = world.parts.events.subscribe(({ type, data }) => {
      if (type !== 'run.output' || !JSON.stringify(data).includes(text)) return
      stop()
      resolve()
    })
  })

describe('the health of the work', () => {
  it('tells of a run that stalls until it prints again', async () => {
    const { parts, dir } = world
    const go = join(dir, 'go')
    const waits = `until [ -e '${go}' ]; do sleep 0.05; done`
    const begun = said('begun')
    const goes = said('goes on')
    const done = world.work([
      task('a', `echo begun; ${waits}; echo goes on; until [ -e '${go}2' ]; do sleep 0.05; done`),
    ])
    await begun
    await pass(9)
    expect(parts.alerts.list()).toEqual([])
    await pass(2)
    const [alert] = parts.alerts.list()
    const [run] = parts.events.read.runs.unended()
    expect(alert).toMatchObject({ kind: 'run_stalled', runId: run?.id, taskId: run?.taskId })
    const during = await lines()
    expect(during).toContain('thalogos_alerts_open{kind="run_stalled"} 1')
    expect(during).toContain('thalogos_runs_live{agent="shell"} 1')
    expect(during).toContain('thalogos_tasks{state="running"} 1')

    writeFileSync(go, '')
    await goes
    await parts.alerts.beat()
    expect(told()).toEqual(['alert.raised run_stalled', 'alert.cleared run_stalled'])
    writeFileSync(`${go}2`, '')
    await done
    const after = await lines()
    expect(after).toContain('thalogos_alerts_open{kind="run_stalled"} 0')
    // It changed nothing, so its task failed; the run itself did what it said.
    expect(after).toContain(
      'thalogos_runs_ended_total{agent="shell",kind="implement",outcome="succeeded"} 1',
    )
    expect(after).toContain('thalogos_run_duration_seconds_count{agent="shell"} 1')
    expect(world.errors).toEqual([])
  })

  it('tells of conflicts and roll backs until they are mended or over', async () => {
    const { parts } = world
    // All four begin on the same commit: none ends before the last one is there.
    const all = `touch '${world.dir}'/here-$$; until [ $(ls '${world.dir}' | grep -c here) -ge 4 ]; do sleep 0.05; done`
    const session = await world.work(
      ['a', 'b', 'c', 'd'].map((id) => task(id, `${all}; echo ${id} > README.md`)),
    )
    const conflicted = session.tasks.filter(({ state }) => state === 'conflicted')
    expect(conflicted).toHaveLength(3)
    await parts.alerts.beat()
    expect(told()).toEqual(['alert.raised merge_failures'])
    const before = await lines()
    expect(before).toContain('thalogos_integrations_total{outcome="conflicted"} 3')
    expect(before).toContain('thalogos_conflict_ratio 0.75')
    for (const { id } of conflicted) {
      expect(parts.tasks.retry(id).ok).toBe(true)
      await world.rest(session.id)
    }
    await parts.alerts.beat()
    expect(told().slice(1)).toEqual(['alert.cleared merge_failures'])

    const request = { sessionId: session.id, allowUnchecked: true }
    expect((await parts.sessions.save({ ...request, allowUnchecked: false })).ok).toBe(false)
    expect((await parts.sessions.save(request)).ok).toBe(true)
    for (const checkpoint of [0, 1]) {
      const back = { sessionId: session.id, checkpoint, includeForeign: false }
      expect(await parts.sessions.rollBack({ ...back, mode: 'restore' })).toMatchObject({
        ok: true,
      })
    }
    await parts.alerts.beat()
    expect(parts.alerts.list()).toMatchObject([{ kind: 'repeated_rollbacks' }])
    expect(parts.sessions.finalize(session.id).ok).toBe(true)
    await parts.alerts.beat()
    expect(told().slice(2)).toEqual([
      'alert.raised repeated_rollbacks',
      'alert.cleared repeated_rollbacks',
    ])
    const after = await lines()
    expect(after).toContain('thalogos_merge_success_ratio 0.5714285714285714')
    expect(after).toContain('thalogos_checkpoints_total 1')
    expect(after).toContain('thalogos_rollbacks_total{mode="restore"} 2')
    expect(after).toContain('thalogos_saves_refused_total{code="save_unchecked"} 1')
    expect(after).toContain('thalogos_deed_duration_seconds_count{deed="save",outcome="done"} 1')
    expect(after).toContain('thalogos_deed_duration_seconds_count{deed="save",outcome="refused"} 1')
    expect(after).toContain('thalogos_task_latency_seconds_count{kind="implement"} 4')
    expect(world.errors).toEqual([])
  })
})
