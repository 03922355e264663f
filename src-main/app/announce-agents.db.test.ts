import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Agent, configSchema } from '../../src-shared/contract/index.ts'
import { createAgents } from '../agents/index.ts'
import { silentLog, systemClock } from '../base/index.ts'
import { createEvents, type Events } from '../events/index.ts'
import { openStorage, type Storage } from '../storage/index.ts'
import { announceAgents } from './announce-agents.ts'

let dir = ''
let storage: Storage
let events: Events
let found: Agent[] = []

/** As after a start: agents that are found as `found` says. */
function look() {
  const agents = createAgents({ config: configSchema.parse({}), resourcesDir: '', log: silentLog })
  let listed: Promise<Agent[]> | undefined
  return announceAgents(
    {
      ...agents,
      list(options) {
        if (options?.refresh) listed = undefined
        listed ??= Promise.resolve(structuredClone(found))
        return listed
      },
    },
    { events, log: silentLog },
  )
}
const told = () =>
  events.since(0).map(({ type, data }) => {
    const { agent } = data as { agent: Agent }
    return `${type} ${agent.id} ${agent.reason?.code ?? 'available'}`
  })
const agent = (id: string, more: Partial<Agent> = {}): Agent => ({
  id,
  name: id,
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
const signedOut = (id: string) =>
  agent(id, { available: false, reason: { code: 'not_signed_in', message: 'no' } })

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-agents-'))
  const opened = openStorage({ dir, clock: systemClock, log: silentLog })
  if (!opened.ok) throw new Error(opened.error.message)
  storage = opened.value
  events = createEvents({ storage, clock: systemClock })
})
afterEach(() => {
  storage.close()
  rmSync(dir, { recursive: true, force: true })
})

it('tells what changed since the look before, also when that was in another process', async () => {
  found = [agent('a'), signedOut('b')]
  const first = look()
  await first.list()
  await first.list({ refresh: true })
  expect(told()).toEqual([])
  found = [signedOut('a'), signedOut('b')]
  await first.list()
  expect(told()).toEqual([])
  await Promise.all([first.list({ refresh: true }), first.list()])
  expect(told()).toEqual(['agent.changed a not_signed_in'])
  found = [signedOut('a'), agent('b'), agent('c')]
  await look().list()
  expect(told().slice(1)).toEqual(['agent.changed b available', 'agent.changed c available'])
})

it('begins anew where it cannot read what was found before', async () => {
  storage.write((tables) => tables.settings.set('agents.found', [{ id: 'a' }]))
  found = [agent('a')]
  await look().list()
  expect(told()).toEqual([])
})
