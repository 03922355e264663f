import {
  type Agent,
  type AgentSettings,
  type Config,
  defaultAgentSettings,
} from '../../src-shared/contract/index.ts'
import { type Log, runProcess } from '../base/index.ts'
import type { AgentAdapter, Descriptor, Probe } from './adapter.ts'
import { codexAdapter } from './codex/codex-adapter.ts'
import { createCustomAdapter } from './custom/custom-adapter.ts'
import { inheritedEnvironment } from './environment.ts'
import { geminiAdapter } from './gemini/gemini-adapter.ts'
import { createRehearsalAdapter } from './rehearsal/rehearsal-adapter.ts'

/** The agents of one configuration. */
export interface Agents {
  /** All of them, probed; kept until `refresh`. Those that cannot be used say why. */
  list(options?: { refresh: boolean }): Promise<Agent[]>
  adapter(id: string): AgentAdapter | undefined
  /** The settings of the configuration, or the defaults. */
  settings(id: string): AgentSettings
  /** What a run of it inherits, with the configuration's `env` on top. */
  environment(id: string): Record<string, string>
}

// A version is printed in a fraction of a second; a first start from a cold disk takes a few.
const PROBE_MS = 20_000

/** The CLIs that are known by name; doctor shows them in this order. */
const BUILT_IN: ReadonlyMap<string, AgentAdapter> = new Map(
  [codexAdapter, geminiAdapter].map((adapter) => [adapter.descriptor.id, adapter]),
)

/**
 * Knows the built-in ones; `rehearsal` and any `rehearsal-…` that is configured without a command; and any other
 * configured id with a command, as a custom agent. `env` is what agents may inherit from.
 */
export function createAgents(deps: {
  config: Config
  resourcesDir: string
  log: Log
  env?: Readonly<Record<string, string | undefined>>
}): Agents {
  const configured = deps.config.agents
  const adapters = new Map<string, AgentAdapter>()
  for (const id of [...BUILT_IN.keys(), ...Object.keys(configured)]) {
    const adapter = adapterFor(id, configured[id] ?? defaultAgentSettings, deps.resourcesDir)
    if (adapter) adapters.set(id, adapter)
  }
  const settings = (id: string) => configured[id] ?? defaultAgentSettings
  const environment = (id: string) => ({
    ...inheritedEnvironment(deps.env ?? process.env, adapters.get(id)?.inherits ?? []),
    ...settings(id).env,
  })
  const look = (): Promise<Agent[]> => {
    const ids = [...new Set([...adapters.keys(), ...Object.keys(configured)])]
    return Promise.all(
      ids.map(async (id) => {
        const agent = await describe(id, adapters.get(id), {
          settings: settings(id),
          env: environment(id),
        })
        deps.log.debug('agent probed', { agent: id, available: agent.available })
        return agent
      }),
    )
  }
  let listed: Promise<Agent[]> | undefined
  return {
    list(options) {
      if (options?.refresh === true) listed = undefined
      listed ??= look()
      return listed
    },
    adapter: (id) => adapters.get(id),
    settings,
    environment,
  }
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
  const probe = adapter ? await lookFor(adapter, given) : UNKNOWN
  const {
    kinds,
    models,
    closing: _,
    countsConversation: _counts,
    ...descriptor
  } = adapter?.descriptor ?? nobody(id)
  return {
    ...descriptor,
    kinds: [...kinds],
    models: [...models],
    limits: { maxConcurrent: given.settings.maxConcurrent },
    passes: adapter ? passed(adapter, given) : { args: [], env: [] },
    ...probe,
  }
}

/** What a run of it would be started with, without its prompt: names of variables only. */
function passed(
  adapter: AgentAdapter,
  { settings, env }: { settings: AgentSettings; env: Record<string, string> },
): Agent['passes'] {
  const plan = adapter.plan({ settings, dir: '<run>', worktree: '<worktree>', prompt: '' })
  return {
    args: [...plan.args],
    env: [...new Set([...Object.keys(env), ...Object.keys(plan.env)])].sort(),
  }
}

function lookFor(
  adapter: AgentAdapter,
  { settings, env }: { settings: AgentSettings; env: Record<string, string> },
): Promise<Probe> {
  if (!settings.enabled) return Promise.resolve(DISABLED)
  return adapter.probe({
    settings,
    env,
    run: async (command, args) => {
      const end = await runProcess({ command, args, cwd: '/', env, timeoutMs: PROBE_MS })
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
