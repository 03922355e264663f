import { describe, expect, it } from 'vitest'
import { endMarked } from '../../src-main/base/index.ts'
import { GEMINI_MODEL, geminiFragment } from './gemini-config.ts'
import { until, useGround } from './ground.ts'
import { sitDown } from './sit-down.ts'

describe.each(['current', 'older'] as const)(
  'a person takes over from Gemini CLI (%s)',
  (vintage) => {
    const ground = useGround({
      agent: 'gemini',
      fragment: geminiFragment,
      scripts: [
        { when: 'begin', steps: [{ say: 'begun' }] },
        { when: 'work', steps: [{ run: 'echo at > work.txt; sleep 600' }, { say: 'never' }] },
        { when: 'what a person says', steps: [{ say: 'I heard a person.' }] },
        { when: 'go on alone', steps: [{ say: 'alone again' }] },
      ],
      vintage,
      settings: { model: GEMINI_MODEL, permissions: 'allow' },
    })

    it('in the same conversation, without a dialog, and hands it back, more than once', async () => {
      const { cliSessionId = '' } = await ground.start('first', 'begin').done
      const second = ground.start('second', 'work', { resume: cliSessionId })
      await until(() => ground.read('work.txt') !== undefined)
      second.cancel('interrupted')
      expect(await second.done).toMatchObject({ outcome: 'interrupted', cliSessionId })

      const person = await sitDown(ground, 'visit', cliSessionId)
      await person.sees(/Type your message/)
      expect(person.screen()).not.toMatch(/trust the files|sign in/i)
      // The picture of the conversation comes after the one of its prompt.
      await person.sees(/begun/)
      await person.asks('what a person says,\nin two lines', /I heard a person\./)
      person.run.leave()
      const visit = await person.run.done
      expect(visit).toMatchObject({ outcome: 'succeeded', exitCode: 0, cliSessionId })
      expect(await endMarked('visit')).toEqual({ ended: 0, left: [] })

      const back = await ground.start('back', 'go on alone', { resume: cliSessionId }).done
      expect(back).toMatchObject({ outcome: 'succeeded', answer: 'alone again', cliSessionId })
      const asked = ground.service.requests.findLast(({ prompt }) => prompt === 'go on alone')
      expect(JSON.stringify(asked?.body)).toContain('what a person says')
      expect(JSON.stringify(asked?.body)).toContain('begun')
    })
  },
)
