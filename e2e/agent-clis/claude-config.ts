import {
  type AgentFragment,
  type FragmentInput,
  NO_NETWORK,
  SCRIPTED_KEY,
  writeSettings,
} from './fragment.ts'

// By this much of its end Claude Code remembers a key that its user has approved.
const REMEMBERED = 20

/**
 * The same for Claude Code. Its home says that the first start is behind it (else an interactive start
 * looks for the vendor's service and gives up) and that the key was approved.
 */
export function claudeFragment(given: FragmentInput): AgentFragment {
  const key = given.key ?? SCRIPTED_KEY
  writeSettings(given.home, '.claude.json', {
    hasCompletedOnboarding: true,
    customApiKeyResponses: { approved: [key.slice(-REMEMBERED)], rejected: [] },
  })
  return {
    command: given.command,
    extraArgs: [],
    env: {
      ...NO_NETWORK,
      HOME: given.home,
      ANTHROPIC_BASE_URL: given.service,
      ANTHROPIC_API_KEY: key,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  }
}
