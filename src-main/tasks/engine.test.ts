import { describe, expect, it } from 'vitest'
import { silentLog } from '../base/index.ts'
import type { TaskDeps } from './deps.ts'
import { createEngine } from './engine.ts'

/** An engine on a session that is not active: each look reads it once and does nothing more. */
function scratch(list: () => Promise<never[]> = () => Promise.resolve([])) {
  const seen: string[] = []
  const whileLooking: { act?: () => void } = {}
  const look = (id: string) => {
    seen.push(id)
    whileLooking.act?.()
  }
  const read = { sessions: { get: look, active: () => [] } }
  const deps = { events: { read }, agents: { list }, log: silentLog } as unknown as TaskDeps
  return { engine: createEngine(deps), seen, whileLooking }
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('wake', () => {
  it('looks once for all that changed while a look waits to begin', async () => {
    const { engine, seen } = scratch()
    for (let n = 0; n < 100; n += 1) engine.wake('s')
    engine.wake('t')
    await settled()
    expect(seen).toEqual(['s', 't'])
    engine.wake('s')
    await settled()
    expect(seen).toEqual(['s', 't', 's'])
  })

  it('looks again for what changed while it looked', async () => {
    const { engine, seen, whileLooking } = scratch()
    whileLooking.act = () => {
      if (seen.length === 1) engine.wake('s')
    }
    engine.wake('s')
    await settled()
    expect(seen).toEqual(['s', 's'])
  })

  it('goes on after a look that failed', async () => {
    let calls = 0
    const { engine, seen } = scratch(() => {
      calls += 1
      return calls === 1 ? Promise.reject(new Error('no probe')) : Promise.resolve([])
    })
    engine.wake('s')
    await settled()
    expect(seen).toEqual([])
    engine.wake('s')
    await settled()
    expect(seen).toEqual(['s'])
  })
})
