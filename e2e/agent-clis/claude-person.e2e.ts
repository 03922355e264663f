import { describe, expect, it } from 'vitest'
import { endMarked } from '../../src-main/base/index.ts'
import { claudeFragment } from './claude-config.ts'
import { until, useGround } from './ground.ts'
import { sitDown } from './sit-down.ts'

// Not told to the older one: 2.1.120 resumed at a terminal breaks off with an error of its own (seen here, every time).
describe('a person takes over from Claude Code', () => {
  const ground = useGround({
    agent: 'claude',
    fragment: claudeFragment,
    scripts: [
      { when: 'begin', steps: [{ run: 'echo begun > begun.txt; sleep 600' }, { say: 'never' }] },
      { when: 'what a person says', steps: [{ say: 'I heard a person.' }] },
      { when: 'go on alone', steps: [{ say: 'alone again' }] },
    ],
  })

  it('in the same conversation, without a dialog, and hands it back', async () => {
    const first = ground.start('first', 'begin')
    await until(() => ground.read('begun.txt') !== undefined)
    first.cancel('interrupted')
    const { cliSessionId = '' } = await first.done

    const person = await sitDown(ground, 'visit', cliSessionId)
    // The title says that it listens; it comes before the picture.
    await person.sees(/✳/)
    await person.sees(/begin/)
    expect(person.screen()).not.toMatch(/trust|API key/i)
    await person.asks('what a person says,\nin two lines', /I heard a person\./)
    person.run.leave()
    const visit = await person.run.done
    expect(visit).toMatchObject({ outcome: 'succeeded', exitCode: 0, cliSessionId })
    expect(await endMarked('visit')).toEqual({ ended: 0, left: [] })

    const back = await ground.start('back', 'go on alone', { resume: cliSessionId }).done
    expect(back).toMatchObject({ outcome: 'succeeded', answer: 'alone again', cliSessionId })
    const asked = ground.service.requests.findLast(({ prompt }) => prompt === 'go on alone')
    expect(JSON.stringify(asked?.body)).toContain('what a person says')
  })
})
