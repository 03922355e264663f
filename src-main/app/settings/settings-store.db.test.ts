import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Config, configSchema, defaultConfig } from '../../../src-shared/contract/index.ts'
import { silentLog, systemClock } from '../../base/index.ts'
import { createEvents, type Events } from '../../events/index.ts'
import { openStorage, type Storage } from '../../storage/index.ts'
import { MASK } from './masks.ts'
import { createSettingsStore } from './settings-store.ts'

let dir: string
let storage: Storage
let events: Events
let applied: Config[]
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-settings-'))
  const opened = openStorage({ dir, clock: systemClock, log: silentLog })
  if (!opened.ok) throw new Error(opened.error.message)
  storage = opened.value
  events = createEvents({ storage, clock: systemClock })
  applied = []
})
afterEach(() => {
  storage.close()
  rmSync(dir, { recursive: true })
})

const open = (fixed?: Config) =>
  createSettingsStore({
    events,
    fixed,
    onChange: (config) => applied.push(config),
    clock: systemClock,
    log: silentLog,
  })
const config = (key: string) =>
  configSchema.parse({
    agents: { codex: { env: { OPENAI_API_KEY: key } } },
    limits: { concurrentRuns: 7 },
  })
const changed = () => events.since(0).map(({ type, data }) => [type, data])

describe('settings', () => {
  it('are the defaults until they are changed', () => {
    const settings = open()
    expect(settings.view()).toEqual({ config: defaultConfig, source: 'database', ui: {} })
    expect(settings.damage()).toEqual([])
  })

  it('are stored, said, applied, and there again at the next start', () => {
    const settings = open()
    const given = settings.change({ config: config('sk-0123456789') })
    expect(given.ok && given.value.config.agents['codex']?.env).toEqual({ OPENAI_API_KEY: MASK })
    expect(settings.config()).toEqual(config('sk-0123456789'))
    expect(settings.limits.concurrentRuns).toBe(7)
    expect(applied).toEqual([config('sk-0123456789')])
    expect(changed()).toEqual([['settings.changed', { key: 'config' }]])
    expect(open().config()).toEqual(config('sk-0123456789'))
  })

  it('keep a secret that comes back masked', () => {
    const settings = open()
    settings.change({ config: config('sk-0123456789') })
    expect(settings.change({ config: settings.view().config }).ok).toBe(true)
    expect(settings.config()).toEqual(config('sk-0123456789'))
  })

  it('hold what interfaces keep, entry by entry, until it is null', () => {
    const settings = open()
    settings.change({ ui: { layout: { wide: true }, draft: 'a goal' } })
    settings.change({ ui: { draft: null } })
    expect(settings.view().ui).toEqual({ layout: { wide: true } })
    expect(changed().map(([, data]) => data)).toEqual([
      { key: 'ui.layout' },
      { key: 'ui.draft' },
      { key: 'ui.draft' },
    ])
    expect(applied).toEqual([])
  })

  it('of a file are not changed, but for what interfaces keep', () => {
    const settings = open(config('sk-0123456789'))
    expect(settings.view()).toMatchObject({ source: 'file' })
    expect(JSON.stringify(settings.view())).not.toContain('sk-0')
    expect(settings.change({ config: defaultConfig })).toMatchObject({
      ok: false,
      error: { code: 'settings_locked' },
    })
    expect(settings.change({ ui: { layout: 1 } }).ok).toBe(true)
    expect(storage.read.settings.get('config')).toBeUndefined()
  })

  it('that cannot be used are kept beside, said, and not written over', () => {
    const broken = { agents: { codex: { maxConcurrent: 'many' } } }
    storage.write((tables) => tables.settings.set('config', broken))
    const settings = open()
    expect(settings.config()).toEqual(defaultConfig)
    expect(settings.damage()).toMatchObject([
      { place: expect.stringMatching(/^settings set-aside\.config\./) },
    ])
    expect(settings.damage()[0]?.problem).toContain('maxConcurrent')
    settings.change({ config: config('sk-0123456789') })
    expect(storage.read.settings.list('set-aside.')).toMatchObject([{ value: broken }])
    expect(open().damage()).toEqual([])
  })
})
