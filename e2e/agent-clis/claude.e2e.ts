import { describe, expect, it } from 'vitest'
import { claudeFragment } from './claude-config.ts'
import { useGround } from './ground.ts'
import {
  deathScripts,
  sharedScripts,
  tellHowItDies,
  tellSharedStories,
  tellWhatWasAsked,
} from './stories.ts'

describe.each([
  { vintage: 'current', version: '2.1.197', cost: 0.0033, remembers: 'sleep 600' },
  // It forgets a command that was cut off, and names another model by default.
  { vintage: 'older', version: '2.1.120', cost: 0.00198, remembers: '"wait' },
] as const)('the real Claude Code $version', ({ vintage, version, cost, remembers }) => {
  const ground = useGround({
    agent: 'claude',
    fragment: claudeFragment,
    scripts: [...deathScripts, ...sharedScripts, { when: 'wrong key', steps: [{ fail: 401 }] }],
    vintage,
    settings: { permissions: 'allow' },
  })
  tellSharedStories(ground, {
    version,
    usage: { inputTokens: 240, outputTokens: 84, costUsd: expect.closeTo(cost, 5) as number },
    remembers,
  })

  it('is ended at its first retry with a key that is refused', async () => {
    const end = await ground.start('key', 'wrong key').done
    expect(end).toMatchObject({ outcome: 'failed', reason: { code: 'not_signed_in' } })
    const tries = ground.service.requests.filter(({ prompt }) => prompt?.includes('wrong key'))
    expect(tries.length).toBeLessThanOrEqual(3)
  })

  if (vintage === 'current') tellHowItDies(ground)

  tellWhatWasAsked(ground, /^\/(v1\/messages(\/count_tokens)?)?$/)
})
