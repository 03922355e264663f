import { expect, it } from 'vitest'
import { endMarked } from '../../src-main/base/index.ts'
import type { Usage } from '../../src-shared/contract/index.ts'
import type { ModelScript } from '../model-service/index.ts'
import { type Ground, until } from './ground.ts'

/** What the model answers in the stories that every CLI is told. */
export const sharedScripts: readonly ModelScript[] = [
  { when: 'write it', steps: [{ run: 'echo new > file.txt' }, { say: 'written' }] },
  { when: 'wait', steps: [{ run: 'echo before > kept.txt; sleep 600' }, { say: 'never' }] },
  { when: 'go on', steps: [{ run: 'cat kept.txt > seen.txt' }, { say: 'went on' }] },
  { when: /^long/, steps: [{ say: 'read' }] },
  { when: 'leave one', steps: [{ run: 'setsid sleep 600 > /dev/null 2>&1 &' }, { say: 'left' }] },
]

/** What every CLI has to do behind its adapter; `usage` is that of two answers. */
export function tellSharedStories(
  ground: Ground,
  expected: {
    version: string
    usage: Usage
    /** What it still knows of the conversation it was interrupted in; by default the command that ran. */
    remembers?: string
  },
): void {
  it('is found, with its version', async () => {
    const agent = (await ground.agents.list()).find(({ id }) => id === ground.agent)
    expect(agent).toMatchObject({ available: true, version: expected.version })
  })

  it('edits files and says how it went', async () => {
    const end = await ground.start('edit', 'write it').done
    expect(end).toMatchObject({ outcome: 'succeeded', answer: 'written' })
    expect(end.usage).toEqual(expected.usage)
    expect(ground.read('file.txt')).toBe('new\n')
  })

  it('is interrupted in the middle of a command, leaves no process, and goes on afterwards', async () => {
    const run = ground.start('wait', 'wait')
    await until(() => ground.read('kept.txt') !== undefined)
    run.cancel('interrupted')
    const end = await run.done
    expect(end).toMatchObject({ outcome: 'interrupted', reason: { code: 'run_interrupted' } })
    expect(await endMarked('wait')).toEqual({ ended: 0, left: [] })

    const before = ground.service.requests.length
    const { cliSessionId } = end
    const again = await ground.start('again', 'go on', { resume: cliSessionId ?? '' }).done
    expect(again).toMatchObject({ outcome: 'succeeded', answer: 'went on', cliSessionId })
    const asked = JSON.stringify(ground.service.requests[before]?.body)
    expect(asked.includes(expected.remembers ?? 'sleep 600')).toBe(true)
    expect(ground.read('seen.txt')).toBe('before\n')
  })

  it('gets a prompt of 100 KB intact', async () => {
    const prompt = `long ${'0123456789äöü€😀\n'.repeat(5_000)}end`
    expect((await ground.start('long', prompt).done).answer).toBe('read')
    expect(ground.service.requests.some((request) => request.prompt === prompt)).toBe(true)
  })

  it('has what it left running ended', async () => {
    const end = await ground.start('leave', 'leave one').done
    expect(end).toMatchObject({ outcome: 'succeeded', answer: 'left' })
    expect(await endMarked('leave')).toEqual({ ended: 0, left: [] })
  })
}

/**
 * The CLI runs its commands in groups of their own, so that some outlive whatever ends it; none outlives the run.
 */
export function tellHowItDies(ground: Ground): void {
  it.each([
    ['SIGINT', 'leader'],
    ['SIGINT', 'group'],
    ['SIGTERM', 'group'],
    ['SIGKILL', 'leader'],
    ['SIGKILL', 'group'],
  ] as const)('leaves nothing after %s to its %s', async (signal, whom) => {
    const runId = `dies-${signal.toLowerCase()}-${whom}`
    const run = ground.start(runId, `die ${runId}`)
    const pid = await run.started
    await until(() => ground.read(runId) !== undefined)
    process.kill(whom === 'group' ? -pid : pid, signal)
    expect((await run.done).outcome).not.toBe('succeeded')
    expect(await endMarked(runId)).toEqual({ ended: 0, left: [] })
  })
}

/** What the model does to one that is about to die: a command that runs for long. */
export const deathScripts: readonly ModelScript[] = [
  ...['sigint-leader', 'sigint-group', 'sigterm-group', 'sigkill-leader', 'sigkill-group'].map(
    (death) => ({
      when: `die dies-${death}`,
      steps: [{ run: `echo before > dies-${death}; sleep 600` }, { say: 'never' }],
    }),
  ),
]

/** To be told last: what was asked of the model service, which is all that can be reached, was meant to be. */
export function tellWhatWasAsked(ground: Ground, meant: RegExp): void {
  it('asked the model service for nothing but what it needs', () => {
    const paths = [...new Set(ground.service.requests.map((request) => request.path))]
    expect(paths.length).toBeGreaterThan(0)
    expect(paths.filter((path) => !meant.test(path))).toEqual([])
  })
}
