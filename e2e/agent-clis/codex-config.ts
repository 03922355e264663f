import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type AgentFragment, type FragmentInput, NO_NETWORK, SCRIPTED_KEY } from './fragment.ts'

/**
 * What makes the real Codex CLI quiet and private: it asks the scripted model service and nobody else,
 * and its home is a folder of the test, so that nothing of this machine's user is read or written.
 * Use: `{"agents": {"codex": codexFragment({…})}}`.
 */
export function codexFragment(given: FragmentInput): AgentFragment {
  const provider = `{name="scripted",base_url="${given.service}/v1",wire_api="responses",env_key="OPENAI_API_KEY",request_max_retries=0,stream_max_retries=0}`
  const codexHome = join(given.home, '.codex')
  mkdirSync(codexHome, { recursive: true })
  return {
    command: given.command,
    extraArgs: [
      ...['-c', 'model_provider="scripted"', '-c', `model_providers.scripted=${provider}`],
      ...['-c', 'check_for_update_on_startup=false', '-c', 'analytics.enabled=false'],
      ...['--disable', 'plugins'],
    ],
    env: {
      ...NO_NETWORK,
      HOME: given.home,
      CODEX_HOME: codexHome,
      OPENAI_API_KEY: given.key ?? SCRIPTED_KEY,
    },
  }
}
