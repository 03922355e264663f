import type { Agent } from '../../../src-shared/contract/index.ts'

// As their makers publish them.
const PACKAGES: Readonly<Record<string, string>> = {
  codex: '@openai/codex',
  claude: '@anthropic-ai/claude-code',
  gemini: '@google/gemini-cli',
}

/** The line to type in a terminal; undefined where there is none to give. */
export function howToGet({ id, path, signIn, reason }: Agent): string | undefined {
  if (path === undefined) {
    const name = PACKAGES[id]
    return name === undefined ? undefined : `npm install -g ${name}`
  }
  return reason?.code === 'not_signed_in' ? /`([^`]+)`/.exec(signIn ?? '')?.[1] : undefined
}
