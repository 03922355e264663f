import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { endMarked } from '../../src-main/base/index.ts'
import type { ModelStep } from '../model-service/index.ts'
import type { Person } from '../program/person.ts'
import { claudeFragment } from './claude-config.ts'
import { codexFragment } from './codex-config.ts'
import { GEMINI_MODEL, geminiFragment } from './gemini-config.ts'
import { type GroundInput, type GroundRun, until, useGround } from './ground.ts'
import { sitDown } from './sit-down.ts'

interface Subject extends Pick<GroundInput, 'agent' | 'fragment' | 'settings' | 'vintage'> {
  /** What shows that it takes what is typed: on the screen, for Claude Code in the title. */
  ready: RegExp
  /** What it asks a person at its terminal for, and how that is seen. */
  wish: ModelStep
  asks: RegExp
}

const codex: Subject = {
  agent: 'codex',
  fragment: codexFragment,
  ready: /Ask Codex to do anything/,
  wish: {
    tool: 'exec_command',
    input: {
      cmd: 'touch ../wish.txt',
      sandbox_permissions: 'require_escalated',
      justification: 'it lies outside',
    },
  },
  asks: /Would you like to run/,
}
const claude: Subject = {
  agent: 'claude',
  fragment: claudeFragment,
  ready: /✳/,
  wish: { run: 'touch ../wish.txt' },
  asks: /Do you want to proceed/,
}
const gemini: Subject = {
  agent: 'gemini',
  fragment: geminiFragment,
  ready: /Type your message/,
  wish: { run: 'touch ../wish.txt' },
  asks: /Allow execution/,
  settings: { model: GEMINI_MODEL },
}

/** As a person who looks before the next key. */
const LOOKS_MS = 1_000

// Claude Code 2.1.120 is not among them: resumed at a terminal it breaks off with an error of its own, every time.
describe.each([
  { name: 'Codex', subject: codex },
  { name: 'Claude Code', subject: claude },
  { name: 'Gemini CLI', subject: gemini },
  { name: 'an older Codex', subject: { ...codex, vintage: 'older' as const } },
  { name: 'an older Gemini CLI', subject: { ...gemini, vintage: 'older' as const } },
])('a person takes over from $name', ({ subject }) => {
  const ground = useGround({
    ...subject,
    scripts: [
      { when: 'begin', steps: [{ say: 'begun' }] },
      { when: 'work', steps: [{ run: 'echo at > work.txt; sleep 600' }, { say: 'never' }] },
      { when: 'what a person says', steps: [{ say: 'I heard a person.' }] },
      { when: 'go on alone', steps: [{ say: 'alone again' }] },
      { when: 'have a wish', steps: [subject.wish, { say: 'done' }] },
    ],
  })
  const requestsOf = (said: string) =>
    ground.service.requests
      .filter(({ prompt }) => prompt?.includes(said))
      .map(({ body }) => JSON.stringify(body))

  /** Leaves, and nothing is left. */
  async function leaves({ run, close }: Person & { run: GroundRun }, runId: string) {
    run.leave()
    const visit = await run.done
    close()
    expect(visit).toMatchObject({ outcome: 'succeeded', exitCode: 0 })
    expect(await endMarked(runId)).toEqual({ ended: 0, left: [] })
    return visit
  }

  it('in the same conversation, without a dialog, and hands it back, more than once', async () => {
    const { cliSessionId = '' } = await ground.start('first', 'begin').done
    const second: GroundRun = ground.start('second', 'work', {
      resume: cliSessionId,
      asked: ({ id }) => second.answer(id, { decision: 'allow' }),
    })
    await until(() => ground.read('work.txt') !== undefined)
    second.cancel('interrupted')
    expect(await second.done).toMatchObject({ outcome: 'interrupted', cliSessionId })

    const person = await sitDown(ground, 'visit', cliSessionId)
    await person.sees(subject.ready)
    // The picture of the conversation may come after the one of its prompt.
    await person.sees(/begun/)
    expect(person.screen()).not.toMatch(/trust|sign in|API key/i)
    await person.asks('what a person says,\nin two lines', /I heard a person\./)
    expect(await leaves(person, 'visit')).toMatchObject({ cliSessionId })

    const back = await ground.start('back', 'go on alone', { resume: cliSessionId }).done
    expect(back).toMatchObject({ outcome: 'succeeded', answer: 'alone again', cliSessionId })
    const asked = requestsOf('go on alone').at(-1)
    expect(asked).toContain('what a person says')
    expect(asked).toContain('begun')
  })

  if (subject.vintage === 'older') return

  it('who leaves while it asks, or beside a draft, agrees to nothing and sends nothing', async () => {
    const before = await sitDown(ground, 'asked', undefined)
    await before.sees(subject.ready)
    await before.asks('what a person says', /I heard a person\./)
    before.run.write('have a wish')
    await before.sees(/have a wish/)
    await sleep(LOOKS_MS)
    before.run.write('\r')
    await before.sees(subject.asks)
    await leaves(before, 'asked')
    expect(requestsOf('have a wish').length).toBeGreaterThan(0)
    expect(ground.read('../wish.txt')).toBeUndefined()

    const after = await sitDown(ground, 'draft', undefined)
    await after.sees(subject.ready)
    await sleep(LOOKS_MS)
    after.run.write('not yet')
    await after.sees(/not yet/)
    await leaves(after, 'draft')
    expect(requestsOf('not yet')).toEqual([])
  })
})
