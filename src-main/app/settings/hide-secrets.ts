import type { Config } from '../../../src-shared/contract/index.ts'
import { type Redactor, secretVariables } from '../../base/index.ts'

/**
 * Hides what is known to be secret before anything is said: what an agent is given by the configuration, and
 * variables of ours with such a name. To be called again with a configuration that was changed.
 */
export function hideSecrets(
  redactor: Redactor,
  { config, env }: { config: Config; env: Readonly<Record<string, string | undefined>> },
): void {
  const given = Object.values(config.agents).flatMap((agent) => Object.entries(agent.env))
  for (const [name, value] of [...given, ...secretVariables(env)]) redactor.hide(name, value)
}
