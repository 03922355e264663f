import { describe, expect, it } from 'vitest'
import type { PermissionAnswer } from '../../src-main/agents/adapter.ts'
import type { ModelScript, ModelStep } from '../model-service/index.ts'
import { codexFragment } from './codex-config.ts'
import { useGround } from './ground.ts'
import { tellWhatWasAsked } from './stories.ts'

/** A command for which the sandbox has to be left. */
const beyond = (cmd: string): ModelStep => ({
  tool: 'exec_command',
  input: { cmd, sandbox_permissions: 'require_escalated', justification: 'it lies outside' },
})
const patch = (path: string): ModelStep => ({
  run: `apply_patch <<'PATCH'\n*** Begin Patch\n*** Add File: ${path}\n+x\n*** End Patch\nPATCH`,
})
const scripts: readonly ModelScript[] = [
  { when: 'allowed to', steps: [beyond('echo said > ../allowed.txt'), { say: 'asked' }] },
  { when: 'denied to', steps: [beyond('echo said > ../denied.txt'), { say: 'asked' }] },
  { when: 'nobody there', steps: [beyond('echo said > ../nobody.txt'), { say: 'asked' }] },
  // Temporary folders are free to be written to; here not even an allowance would make a file.
  { when: 'edit elsewhere', steps: [patch('/proc/elsewhere.txt'), { say: 'edited' }] },
  {
    when: 'edit alone',
    steps: [{ run: 'echo x > alone.txt' }, patch('patched.txt'), { say: 'edited' }],
  },
]

describe.each(['current', 'older'] as const)('what Codex (%s) may do', (vintage) => {
  const ground = useGround({ agent: 'codex', fragment: codexFragment, scripts, vintage })

  /** A run beside a person who always gives the same answer. */
  async function beside(answer: PermissionAnswer, [runId, prompt]: [string, string]) {
    const asked: object[] = []
    const run = ground.start(runId, prompt, {
      asked: ({ id, ...question }) => {
        asked.push(question)
        run.answer(id, answer)
      },
    })
    const end = await run.done
    return { end, asked, items: run.items }
  }

  it('it does when a person allows it', async () => {
    const { end, asked, items } = await beside({ decision: 'allow' }, ['allow', 'allowed to'])
    expect(end).toMatchObject({ outcome: 'succeeded', answer: 'asked' })
    const subject = 'echo said > ../allowed.txt'
    expect(asked).toEqual([{ tool: 'shell', subject, why: 'it lies outside' }])
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'command', state: 'ended', exitCode: 0 }),
    )
    expect(ground.read('../allowed.txt')).toBe('said\n')
  })

  it('it leaves alone when a person denies it, and hears why', async () => {
    const answer: PermissionAnswer = { decision: 'deny', note: 'keep to the worktree' }
    const { end, asked, items } = await beside(answer, ['deny', 'denied to'])
    expect(end).toMatchObject({ outcome: 'succeeded' })
    expect(asked).toHaveLength(1)
    expect(items).not.toContainEqual(expect.objectContaining({ exitCode: 0 }))
    expect(ground.read('../denied.txt')).toBeUndefined()
    const told = ground.service.requests.filter(({ prompt }) => prompt?.includes(answer.note ?? ''))
    expect(told.length).toBeGreaterThan(0)
  })

  it('it does not do where nobody can be asked', async () => {
    // It is told that nobody is there, as the last word of the user: what the model says to it does not matter.
    expect(await ground.start('nobody', 'nobody there').done).toMatchObject({
      outcome: 'succeeded',
    })
    expect(ground.read('../nobody.txt')).toBeUndefined()
  })

  it('it asks before it edits elsewhere', async () => {
    const { asked } = await beside({ decision: 'deny' }, ['elsewhere', 'edit elsewhere'])
    expect(asked).toMatchObject([{ tool: 'edit', subject: '/proc/elsewhere.txt' }])
  })

  it('it does in the worktree without a question', async () => {
    const { asked, items } = await beside({ decision: 'deny' }, ['alone', 'edit alone'])
    expect(asked).toEqual([])
    expect(items).toContainEqual({ kind: 'file_change', paths: ['patched.txt'] })
    expect([ground.read('alone.txt'), ground.read('patched.txt')]).toEqual(['x\n', 'x\n'])
  })

  tellWhatWasAsked(ground, /^\/v1\/(models|responses)$/)
})
