import { describe, expect, it } from 'vitest'
import { fail, ok } from '../../base/index.ts'
import type { Orchestrator } from '../client/orchestrator-client.ts'
import { createScriptedOrchestrator, makeSession } from '../fixture/scripted-orchestrator.ts'
import { enter } from './enter.ts'

const { orchestrator } = createScriptedOrchestrator({ session: makeSession([]) })
const owned = fail('data_folder_owned', 'process 7', { details: { pid: 7 } })
const unreachable = fail('gateway_unreachable', 'nothing yet')
const { signal } = new AbortController()

/** Doors that answer one after the other; the last answer stays. */
const inTurn =
  <T>(answers: T[]) =>
  () =>
    Promise.resolve((answers.length > 1 ? answers.shift() : answers[0]) as T)

describe('enter', () => {
  it('takes its own where nobody owns the folder', async () => {
    const attach = () => Promise.reject(new Error('it was not to be asked'))
    expect(await enter({ open: inTurn([ok(orchestrator)]), attach, signal })).toMatchObject({
      ok: true,
    })
  })

  it('waits for an owner that serves nothing yet', async () => {
    const asked: number[] = []
    const answers = inTurn([unreachable, ok<Orchestrator>(orchestrator)])
    const attach = (pid: number) => {
      asked.push(pid)
      return answers()
    }
    expect(await enter({ open: inTurn([owned]), attach, signal })).toMatchObject({ ok: true })
    expect(asked).toEqual([7, 7])
  })

  it('takes the folder when its owner has ended meanwhile', async () => {
    const open = inTurn([owned, ok<Orchestrator>(orchestrator)])
    expect(await enter({ open, attach: inTurn([unreachable]), signal })).toMatchObject({ ok: true })
  })

  it('waits for no owner of another version', async () => {
    const other = fail('gateway_version', 'process 7 is version 2')
    expect(await enter({ open: inTurn([owned]), attach: inTurn([other]), signal })).toBe(other)
  })

  it('gives up after its time, or when it is interrupted', async () => {
    const doors = { open: inTurn([owned]), attach: inTurn([unreachable]) }
    expect(await enter({ ...doors, signal, patienceMs: 0 })).toBe(unreachable)
    expect(await enter({ ...doors, signal: AbortSignal.abort() })).toBe(unreachable)
  })

  it('says every other failure at once', async () => {
    const broken = fail('data_folder_unusable', 'no rights')
    expect(await enter({ open: inTurn([broken]), attach: inTurn([unreachable]), signal })).toBe(
      broken,
    )
  })
})
