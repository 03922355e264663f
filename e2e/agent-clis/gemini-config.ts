import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AgentFragment,
  type FragmentInput,
  NO_NETWORK,
  SCRIPTED_KEY,
  writeSettings,
} from './fragment.ts'

/** Without a model named, each prompt has another request before it, which chooses one. */
export const GEMINI_MODEL = 'gemini-2.5-pro'

/**
 * The same for Gemini CLI. Its settings name the way to sign in, switch off what it tells its vendor,
 * and let it take an error of the service for final: left to itself it tries again for minutes.
 */
export function geminiFragment(given: FragmentInput): AgentFragment {
  writeSettings(given.home, '.gemini/settings.json', {
    security: { auth: { selectedType: 'gemini-api-key' } },
    telemetry: { enabled: false },
    privacy: { usageStatisticsEnabled: false },
    general: { enableAutoUpdate: false, maxAttempts: 1 },
  })
  // Where it leaves reports of errors.
  const temporary = join(given.home, 'tmp')
  mkdirSync(temporary, { recursive: true })
  return {
    command: given.command,
    extraArgs: [],
    env: {
      ...NO_NETWORK,
      HOME: given.home,
      TMPDIR: temporary,
      GOOGLE_GEMINI_BASE_URL: given.service,
      GEMINI_API_KEY: given.key ?? SCRIPTED_KEY,
    },
  }
}
