import { join } from 'node:path'

/** Settings of one agent, in the form of `--config`. */
export interface AgentFragment {
  command: string
  extraArgs: string[]
  env: Record<string, string>
}

// The discard port: nothing listens there, so whatever a proxy is used for fails at once.
const DEAD_PROXY = 'http://127.0.0.1:9'

/**
 * What makes the real Codex CLI quiet and private: it asks the scripted model service and nobody else,
 * and its home is a folder of the test, so that nothing of this machine's user is read or written.
 * Use: `{"agents": {"codex": codexFragment({…})}}`.
 */
export function codexFragment(given: {
  command: string
  /** The model service's url. */
  service: string
  /** An existing folder of the test. */
  home: string
  key?: string
}): AgentFragment {
  const provider = `{name="scripted",base_url="${given.service}/v1",wire_api="responses",env_key="OPENAI_API_KEY",request_max_retries=0,stream_max_retries=0}`
  return {
    command: given.command,
    extraArgs: [
      ...['-c', 'model_provider="scripted"', '-c', `model_providers.scripted=${provider}`],
      ...['-c', 'check_for_update_on_startup=false', '-c', 'analytics.enabled=false'],
      ...['--disable', 'plugins'],
    ],
    env: {
      HOME: given.home,
      CODEX_HOME: join(given.home, '.codex'),
      OPENAI_API_KEY: given.key ?? 'scripted-key',
      HTTPS_PROXY: DEAD_PROXY,
      HTTP_PROXY: DEAD_PROXY,
      ALL_PROXY: DEAD_PROXY,
      NO_PROXY: '127.0.0.1,localhost',
    },
  }
}
