import type { Config } from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result, secretVariables } from '../../base/index.ts'

/** What is shown in the place of a value that is none of the reader's business. */
export const MASK = '•••'

type Agents = Config['agents']

/** The configuration without the values of variables whose names look secret. Pure. */
export function maskConfig(config: Config): Config {
  return {
    ...config,
    agents: mapEnv(config.agents, (env) => ({
      ...env,
      ...Object.fromEntries(secretVariables(env).map(([name]) => [name, MASK])),
    })),
  }
}

/**
 * The configuration that was sent, with what is masked in it as it was `before`. A mask that hides nothing of that
 * agent is refused: it would be taken for the value. Pure.
 */
export function unmaskConfig(
  given: Config,
  before: Config,
): Result<Config, Failure<'request_invalid'>> {
  const unknown: string[] = []
  const agents = mapEnv(given.agents, (env, id) =>
    Object.fromEntries(
      Object.entries(env).map(([name, value]) => {
        if (value !== MASK) return [name, value]
        const old = before.agents[id]?.env[name]
        if (old === undefined) unknown.push(`agents.${id}.env.${name}`)
        return [name, old ?? value]
      }),
    ),
  )
  return unknown.length === 0
    ? ok({ ...given, agents })
    : fail('request_invalid', `no value is known for: ${unknown.join(', ')}`)
}

const mapEnv = (
  agents: Agents,
  change: (env: Record<string, string>, id: string) => Record<string, string>,
): Agents =>
  Object.fromEntries(
    Object.entries(agents).map(([id, agent]) => [id, { ...agent, env: change(agent.env, id) }]),
  )
