import {
  type Agent,
  type AgentSettings,
  type Config,
  defaultAgentSettings,
} from '../../src-shared/contract/index.ts'
import { type Log, MARKER, runProcess } from '../base/index.ts'
import { type AgentAdapter, type Descriptor, type Probe, RUN_TOKEN } from './adapter.ts'
import { type Absence, afterRun, isOver, type RunResult } from './availability.ts'
import { claudeAdapter } from './claude/claude-adapter.ts'
import { codexAdapter } from './codex/codex-adapter.ts'
import { createCustomAdapter } from './custom/custom-adapter.ts'
import { inheritedEnvironment } from './environment.ts'
import { geminiAdapter } from './gemini/gemini-adapter.ts'
import { locate } from './process/locate.ts'
import { createRehearsalAdapter } from './rehearsal/rehearsal-adapter.ts'

/** The agents of the present configuration. */
export interface Agents {
  /**
   * All of them, as they were last probed and as their last runs showed them; those that cannot be used say why.
   * `refresh` looks for them anew, which ends every absence but that of a rate limit.
   */
  list(options?: { refresh: boolean }): Promise<Agent[]>
  /** Takes note of how a run of it ended; true when that changed whether it can be used. */
  note(id: string, end: RunResult): boolean
  /** Another configuration from now on; runs under way go on as they are. */
  configure(config: Config): void
  close(): void
  adapter(id: string): AgentAdapter | undefined
  /** The settings of the configuration, or the defaults. */
  settings(id: string): AgentSettings
  /** What a run of it inherits, with the configuration's `env` on top. */
  environment(id: string): Record<string, string>
}

// A version costs up to three seconds of computing; on a busy machine, or from a cold disk, ten times that
// was seen. Later than this nobody waits for it.
const PROBE_MS = 60_000

/** The CLIs that are known by name; doctor shows them in this order. */
const BUILT_IN: ReadonlyMap<string, AgentAdapter> = new Map(
  [codexAdapter, claudeAdapter, geminiAdapter].map((adapter) => [adapter.descriptor.id, adapter]),
)

/** Who plays in the rehearsal of `resources/demo`; known without being configured, for sessions that name them. */
const CAST: readonly string[] = ['rehearsal-amber', 'rehearsal-teal', 'rehearsal-violet']

/**
 * Knows the built-in ones; `rehearsal` and any `rehearsal-…` that is configured without a command; and any other
 * configured id with a command, as a custom agent. `env` is what agents may inherit from. `onReturn` is told when
 * a rate limit has passed.
 */
export function createAgents(deps: AgentsDeps): Agents {
  const now = deps.now ?? Date.now
  const absences = new Map<string, Absence>()
  const timers = new Map<string, NodeJS.Timeout>()
  let known = knownBy(deps, deps.config)
  let listed: Promise<Agent[]> | undefined
  // With the absences of the moment; the same list until one of them changes.
  let shown: Agent[] | undefined

  const present = (agent: Agent): Agent => {
    const absence = absences.get(agent.id)
    // How often it was refused is kept until it succeeds; that it is refused is not.
    if (!absence || !agent.available || isOver(absence, now())) return agent
    return { ...agent, available: false, reason: absence.reason }
  }
  const returned = (id: string) => {
    shown = undefined
    timers.delete(id)
    deps.onReturn?.(id)
  }
  const forget = () => {
    for (const [id, { until }] of absences) if (until === undefined) absences.delete(id)
    listed = undefined
    shown = undefined
  }
  return {
    async list(options) {
      if (options?.refresh === true) forget()
      for (;;) {
        const look: Promise<Agent[]> = listed ?? lookAll(known, deps.log)
        listed = look
        const found = await look
        // One that was begun meanwhile is newer.
        if (look !== listed) continue
        shown ??= found.map(present)
        return shown
      }
    },
    note(id, end) {
      const before = absences.get(id)
      const after = afterRun(before, end, now())
      if (after === before) return false
      shown = undefined
      clearTimeout(timers.get(id))
      if (after) absences.set(id, after)
      else absences.delete(id)
      if (after?.until !== undefined) {
        timers.set(id, setTimeout(returned, after.until - now(), id).unref())
      }
      return true
    },
    configure(config) {
      known = knownBy(deps, config)
      forget()
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer)
    },
    adapter: (id) => known.adapters.get(id),
    settings: (id) => known.settings(id),
    environment: (id) => known.environment(id),
  }
}

interface AgentsDeps {
  config: Config
  resourcesDir: string
  log: Log
  env?: Readonly<Record<string, string | undefined>>
  onReturn?(agent: string): void
  /** Milliseconds since 1970; for tests. */
  now?(): number
}

/** What follows from one configuration. */
interface Known extends Pick<Agents, 'settings' | 'environment'> {
  ids: readonly string[]
  isConfigured(id: string): boolean
  adapters: ReadonlyMap<string, AgentAdapter>
}

function knownBy(deps: AgentsDeps, { agents: configured }: Config): Known {
  const ids = [...new Set([...BUILT_IN.keys(), ...Object.keys(configured), ...CAST])]
  const settings = (id: string) => configured[id] ?? defaultAgentSettings
  const adapters = new Map<string, AgentAdapter>()
  for (const id of ids) {
    const adapter = adapterFor(id, settings(id), deps.resourcesDir)
    if (adapter) adapters.set(id, adapter)
  }
  return {
    ids,
    adapters,
    settings,
    isConfigured: (id) => configured[id] !== undefined,
    environment(id) {
      const env = deps.env ?? process.env
      const own = settings(id).env
      const names = inheritedNames(adapters.get(id), { ...env, ...own })
      return { ...inheritedEnvironment(env, names), ...own }
    },
  }
}

/** The names that an agent inherits in these surroundings. */
function inheritedNames(
  adapter: AgentAdapter | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const further = Object.entries(adapter?.inheritsWith ?? {})
    .filter(([variable]) => /^(1|true|yes|on)$/i.test(env[variable] ?? ''))
    .flatMap(([, names]) => names)
  return [...(adapter?.inherits ?? []), ...further]
}

function lookAll({ ids, adapters, isConfigured, ...of }: Known, log: Log): Promise<Agent[]> {
  return Promise.all(
    ids.map(async (id) => {
      const given = { settings: of.settings(id), env: of.environment(id) }
      const described = await describe(id, adapters.get(id), given)
      const isExtra = CAST.includes(id) && !isConfigured(id)
      const agent: Agent = isExtra ? { ...described, onRequest: true } : described
      log.debug('agent probed', { agent: id, available: agent.available })
      return agent
    }),
  )
}

function adapterFor(
  id: string,
  settings: AgentSettings,
  resourcesDir: string,
): AgentAdapter | undefined {
  const builtIn = BUILT_IN.get(id)
  if (builtIn) return builtIn
  if (settings.command !== undefined) return createCustomAdapter(id, settings)
  if (/^rehearsal(-|$)/.test(id)) return createRehearsalAdapter(id, resourcesDir)
  return undefined
}

async function describe(
  id: string,
  adapter: AgentAdapter | undefined,
  given: { settings: AgentSettings; env: Record<string, string> },
): Promise<Agent> {
  const [probe, started] = adapter
    ? await Promise.all([lookFor(adapter, given), startOf(adapter, given)])
    : [UNKNOWN, { passes: { args: [], env: [] } }]
  const { kinds, models, closing: _, ...descriptor } = adapter?.descriptor ?? nobody(id)
  return {
    ...descriptor,
    kinds: [...kinds],
    models: [...models],
    limits: { maxConcurrent: given.settings.maxConcurrent },
    ...started,
    ...probe,
  }
}

/** Where its command is, and what a run of it would be started with, without its prompt: names of variables only. */
async function startOf(
  adapter: AgentAdapter,
  { settings, env }: { settings: AgentSettings; env: Record<string, string> },
): Promise<Pick<Agent, 'path' | 'passes'>> {
  const { mcp } = adapter.descriptor
  const plan = adapter.plan({ ...SOME_RUN, settings, ...(mcp ? { mcp: SOME_GATEWAY } : {}) })
  const names = [
    ...Object.keys(env),
    ...Object.keys(plan.env),
    ...['TERM', MARKER],
    ...(mcp ? [RUN_TOKEN] : []),
  ]
  const path = await locate(plan.command, env)
  return {
    ...(path === undefined ? {} : { path }),
    passes: { args: [...plan.args], env: [...new Set(names)].sort() },
  }
}

// What is another with each run, by its name.
const SOME_RUN = { dir: '<run>', worktree: '<worktree>', prompt: '<prompt>' }
const SOME_GATEWAY = { url: '<gateway>/mcp' }

function lookFor(
  adapter: AgentAdapter,
  { settings, env }: { settings: AgentSettings; env: Record<string, string> },
): Promise<Probe> {
  if (!settings.enabled) return Promise.resolve(DISABLED)
  return adapter.probe({
    settings,
    env,
    run: async (command, args, more) => {
      const timeoutMs = PROBE_MS
      const end = await runProcess({ command, args, cwd: '/', env: { ...env, ...more }, timeoutMs })
      return {
        exitCode: end.exitCode,
        output: end.output.toString('utf8'),
        missing: end.missing,
      }
    },
  })
}

const DISABLED: Probe = {
  available: false,
  reason: { code: 'agent_unavailable', message: 'it is disabled in the configuration' },
}
const UNKNOWN: Probe = {
  available: false,
  reason: {
    code: 'agent_unknown',
    message: 'there is no built-in agent of that name; a custom one needs `command`',
  },
}

const nobody = (id: string): Descriptor => ({
  id,
  name: id,
  kinds: [],
  resume: false,
  structured: false,
  approvals: false,
  mcp: false,
  models: [],
  closing: '',
  asking: '',
})
