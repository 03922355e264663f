import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { defaultConfig } from '../../src-shared/contract/index.ts'
import { silentLog } from '../base/index.ts'
import { examine } from './doctor.ts'
import { createWorld, type World } from './fixture/world.ts'

let world: World
afterEach(() => world.close())

const look = (dataDir: string) =>
  examine({ dataDir, config: defaultConfig, resourcesDir: '', version: '1', log: silentLog })

describe('examine', () => {
  it('finds git, the data folder and the agents, each with its reason', async () => {
    world = await createWorld()
    const report = await look(join(world.dir, 'other'))
    expect(report.git).toMatchObject({ version: expect.stringMatching(/^2[.]/) })
    expect(report.data).toMatchObject({
      state: { sqlite: expect.stringMatching(/^3[.]/), damage: [] },
    })
    expect(report.agents.map(({ id }) => id)).toEqual(expect.arrayContaining(['codex', 'gemini']))
  })

  it('looks at everything else where another orchestrator owns the data folder', async () => {
    world = await createWorld()
    const report = await look(world.dataDir)
    expect(report.data.state).toEqual({
      owner: { pid: process.pid, startedAt: expect.stringMatching(/Z$/) },
    })
    expect(report.data.bytes).toBeGreaterThan(0)
    expect(report.agents.length).toBeGreaterThan(1)
  })

  it('says why a data folder cannot be used', async () => {
    world = await createWorld()
    const file = join(world.dir, 'file')
    writeFileSync(file, '')
    const report = await look(join(file, 'data'))
    expect(report.data).toMatchObject({ bytes: 0, state: { code: 'data_folder_unusable' } })
  })
})
