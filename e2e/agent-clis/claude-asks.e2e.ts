import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TOKENS } from '../../src-main/gateway/fixture/fakes.ts'
import { openGateway } from '../../src-main/gateway/fixture/open.ts'
import type { ModelScript } from '../model-service/index.ts'
import { claudeFragment } from './claude-config.ts'
import { useGround } from './ground.ts'

const COMMAND = `sh -c 'echo said > said.txt'`
const NOBODY = 'http://127.0.0.1:9/'
const scripts: ModelScript[] = [
  {
    when: 'ask for a command',
    steps: [{ run: COMMAND }, { say: 'asked' }],
  },
  {
    when: 'ask for more',
    steps: [
      { tool: 'WebFetch', input: { url: NOBODY, prompt: 'read' } },
      { tool: 'Write', input: { file_path: '.git/hooks/pre-commit', content: 'x\n' } },
      { say: 'asked' },
    ],
  },
  {
    when: 'edit alone',
    steps: [
      { tool: 'Write', input: { file_path: 'alone.txt', content: 'one\n' } },
      { tool: 'Edit', input: { file_path: 'alone.txt', old_string: 'one', new_string: 'two' } },
      { say: 'edited' },
    ],
  },
]

describe.each(['current', 'older'] as const)('what Claude Code (%s) may do', (vintage) => {
  const ground = useGround({ agent: 'claude', fragment: claudeFragment, scripts, vintage })

  /** A run beside a person, who is asked through the gateway. */
  async function beside(decision: 'allow' | 'deny', runId: string, prompt: string) {
    const opened = await openGateway()
    opened.answering.ask = () => Promise.resolve({ decision, note: 'not here' })
    const mcp = { url: `${opened.gateway.url}/mcp`, token: TOKENS.run }
    const run = ground.start(runId, prompt, { mcp })
    const end = await run.done
    const asked = opened.questions.map(({ question }) => [question.tool, question.subject])
    return { end, asked, items: run.items }
  }

  it('it does when a person allows it', async () => {
    const { end, asked, items } = await beside('allow', 'allow', 'ask for a command')
    expect(end).toMatchObject({ outcome: 'succeeded', answer: 'asked' })
    expect(asked).toEqual([['shell', COMMAND]])
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'command', state: 'ended', exitCode: 0 }),
    )
    expect(existsSync(join(ground.worktree, 'said.txt'))).toBe(true)
    rmSync(join(ground.worktree, 'said.txt'))
  })

  it('it leaves alone when a person denies it', async () => {
    const { end, asked, items } = await beside('deny', 'deny', 'ask for a command')
    expect(end).toMatchObject({ outcome: 'succeeded', answer: 'asked' })
    expect(asked).toEqual([['shell', COMMAND]])
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'command', state: 'ended', exitCode: null }),
    )
    expect(JSON.stringify(items)).toContain('not here')
    expect(existsSync(join(ground.worktree, 'said.txt'))).toBe(false)
  })

  it('it asks before it fetches, and before it writes where git would run it', async () => {
    const { asked } = await beside('deny', 'more', 'ask for more')
    expect(asked).toEqual([
      ['fetch', NOBODY],
      ['edit', expect.stringMatching(/\.git\/hooks\/pre-commit$/)],
    ])
    expect(existsSync(join(ground.worktree, '.git/hooks/pre-commit'))).toBe(false)
  })

  it('it does in the worktree without a question', async () => {
    const { asked, items } = await beside('deny', 'alone', 'edit alone')
    expect(asked).toEqual([])
    expect(items.filter(({ kind }) => kind === 'file_change')).toHaveLength(2)
    expect(ground.read('alone.txt')).toBe('two\n')
  })

  it('it does not do where nobody can be asked', async () => {
    const end = await ground.start('nobody', 'ask for a command').done
    expect(end).toMatchObject({ outcome: 'succeeded', answer: 'asked' })
    expect(existsSync(join(ground.worktree, 'said.txt'))).toBe(false)
  })
})
