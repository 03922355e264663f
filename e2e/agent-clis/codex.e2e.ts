import { describe } from 'vitest'
import { codexFragment } from './codex-config.ts'
import { useGround } from './ground.ts'
import { sharedScripts, tellSharedStories, tellWhatWasAsked } from './stories.ts'

describe.each([
  { vintage: 'current', version: '0.169.0' },
  { vintage: 'older', version: '0.160.0' },
] as const)('the real Codex $version', ({ vintage, version }) => {
  const ground = useGround({
    agent: 'codex',
    fragment: codexFragment,
    scripts: sharedScripts,
    vintage,
  })
  tellSharedStories(ground, {
    version,
    usage: { inputTokens: 240, outputTokens: 84, costUsd: 0 },
  })
  tellWhatWasAsked(ground, /^\/v1\/(models|responses)$/)
})
