import { describe, expect, it } from 'vitest'
import { codexFragment } from './codex-config.ts'
import { useGround } from './ground.ts'
import {
  deathScripts,
  sharedScripts,
  tellHowItDies,
  tellSharedStories,
  tellWhatWasAsked,
} from './stories.ts'

describe.each([
  { vintage: 'current', version: '0.169.0' },
  { vintage: 'older', version: '0.160.0' },
] as const)('the real Codex $version', ({ vintage, version }) => {
  const ground = useGround({
    agent: 'codex',
    fragment: codexFragment,
    scripts: [...deathScripts, ...sharedScripts, { when: 'wrong key', steps: [{ fail: 401 }] }],
    vintage,
  })
  tellSharedStories(ground, {
    version,
    usage: { inputTokens: 240, outputTokens: 84, costUsd: 0 },
  })

  it('ends at once with a key that is refused', async () => {
    const end = await ground.start('key', 'wrong key').done
    expect(end).toMatchObject({ outcome: 'failed', reason: { code: 'not_signed_in' } })
    const tries = ground.service.requests.filter(({ prompt }) => prompt?.includes('wrong key'))
    expect(tries).toHaveLength(1)
  })

  if (vintage === 'current') tellHowItDies(ground)

  tellWhatWasAsked(ground, /^\/v1\/(models|responses)$/)
})
