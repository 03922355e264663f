import * as z from 'zod'
import {
  type Config,
  configSchema,
  defaultConfig,
  type ErrorCode,
  type OperationInput,
  type Settings,
} from '../../../src-shared/contract/index.ts'
import { type Clock, type Failure, fail, type Log, ok, type Result } from '../../base/index.ts'
import type { Events } from '../../events/index.ts'
import type { Storage, Tables } from '../../storage/index.ts'
import { maskConfig, unmaskConfig } from './masks.ts'

/** The configuration that applies, and what interfaces keep for themselves. */
export interface SettingsStore {
  config(): Config
  /** Those of the configuration that applies at each look. */
  limits: Readonly<Config['limits']>
  /** As it may be shown: values that look secret are masked. */
  view(): Settings
  change(change: OperationInput<'putSettings'>): Result<Settings, Failure<ErrorCode>>
  /** What was stored and could not be used; it is kept beside. */
  damage(): ReturnType<Storage['damage']>
}

interface SettingsDeps {
  events: Events
  /** The configuration of a file, which is then the only one. */
  fixed?: Config | undefined
  /** Told of each configuration that is put in the place of the one before. */
  onChange(config: Config): void
  clock: Clock
  log: Log
}

const CONFIG = 'config'
const ASIDE = 'set-aside.config.'
const UI = 'ui.'

export function createSettingsStore(deps: SettingsDeps): SettingsStore {
  const { events, fixed } = deps
  const stored = fixed ? { config: fixed, damage: [] } : recoverConfig(deps)
  let { config } = stored

  const view = (): Settings => ({
    config: maskConfig(config),
    source: fixed ? 'file' : 'database',
    ui: Object.fromEntries(
      events.read.settings.list(UI).map(({ key, value }) => [key.slice(UI.length), value]),
    ),
  })
  return {
    config: () => config,
    limits: {
      get concurrentRuns() {
        return config.limits.concurrentRuns
      },
      get runTimeoutMinutes() {
        return config.limits.runTimeoutMinutes
      },
    },
    view,
    damage: () => stored.damage,
    change({ config: given, ui = {} }) {
      if (given && fixed) return fail('settings_locked', 'a file names agents and limits')
      const next = given ? unmaskConfig(given, config) : ok(undefined)
      if (!next.ok) return next
      const changes = new Map<string, unknown>()
      if (next.value) changes.set(CONFIG, next.value)
      for (const [name, value] of Object.entries(ui)) changes.set(`${UI}${name}`, value)
      store(events, changes)
      if (next.value) {
        config = next.value
        deps.onChange(config)
      }
      return ok(view())
    },
  }
}

/** What is stored as the configuration; the defaults where there is none, or none that can be used. */
export const readStoredConfig = (read: Tables): Config => parseStored(read)?.data ?? defaultConfig

function parseStored(read: Tables) {
  const value = read.settings.get(CONFIG)
  return value === undefined ? undefined : configSchema.safeParse(value)
}

/** One that cannot be used is moved out of the way, so that the next change does not write over it. */
function recoverConfig({ events, clock, log }: SettingsDeps) {
  const parsed = parseStored(events.read)
  if (!parsed?.error) return { config: parsed?.data ?? defaultConfig, damage: [] }
  const key = `${ASIDE}${clock.now()}`
  const place = `settings ${key}`
  const problem = z.prettifyError(parsed.error)
  log.error('set damaged data aside', { code: 'data_damaged', place, problem })
  events.commit((tables) => {
    tables.settings.set(key, tables.settings.get(CONFIG))
    tables.settings.set(CONFIG, undefined)
  })
  return { config: defaultConfig, damage: [{ place, problem }] }
}

/** Null stands for an entry that is to be removed. */
function store(events: Events, changes: ReadonlyMap<string, unknown>): void {
  events.commit((tables, emit) => {
    for (const [key, value] of changes) {
      tables.settings.set(key, value ?? undefined)
      emit({ type: 'settings.changed', actor: 'user', data: { key } })
    }
  })
}
