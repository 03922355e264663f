import { describe, expect, it } from 'vitest'
import { GEMINI_MODEL, geminiFragment } from './gemini-config.ts'
import { useGround } from './ground.ts'
import {
  deathScripts,
  sharedScripts,
  tellHowItDies,
  tellSharedStories,
  tellWhatWasAsked,
} from './stories.ts'

describe.each([
  { vintage: 'current', version: '0.61.0' },
  { vintage: 'older', version: '0.55.1' },
] as const)('the real Gemini CLI $version', ({ vintage, version }) => {
  const ground = useGround({
    agent: 'gemini',
    fragment: geminiFragment,
    scripts: [...deathScripts, ...sharedScripts, { when: 'wrong key', steps: [{ fail: 401 }] }],
    vintage,
    settings: { permissions: 'allow', model: GEMINI_MODEL },
  })
  tellSharedStories(ground, {
    version,
    usage: { inputTokens: 240, outputTokens: 84, costUsd: 0 },
    remembers: '"wait"',
  })

  it('ends with a key that is refused', async () => {
    const end = await ground.start('key', 'wrong key').done
    expect(end).toMatchObject({ outcome: 'failed', reason: { code: 'not_signed_in' } })
  })

  if (vintage === 'current') tellHowItDies(ground)

  tellWhatWasAsked(
    ground,
    /^\/v1beta\/models\/[\w.-]+:(streamGenerateContent|generateContent|countTokens)$/,
  )
})
