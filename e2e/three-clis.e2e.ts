import { describe, expect, it } from 'vitest'
import type { Agent, Approval, Checkpoint, Session } from '../src-shared/contract/index.ts'
import type { ModelScript } from './model-service/index.ts'
import { CLIS, type Cli, KEY, taskOf, useThreeClis } from './program/three-clis.ts'

const scripts: Record<Cli, ModelScript[]> = {
  codex: [
    {
      when: 'prompt-a',
      steps: [
        {
          tool: 'exec_command',
          input: {
            cmd: 'touch ../outside.txt; echo a > werke/a.txt',
            sandbox_permissions: 'require_escalated',
            justification: 'it lies outside',
          },
        },
        { say: 'A is there.' },
      ],
    },
    {
      when: 'prompt-d',
      steps: [{ run: 'cat werke/a.txt werke/b.txt > werke/d.txt' }, { say: 'D.' }],
    },
    { when: 'prompt-e', steps: [{ run: 'echo e > werke/e.txt' }, { say: 'E.' }] },
  ],
  claude: [
    {
      when: 'prompt-b',
      steps: [
        { run: 'curl -s http://127.0.0.1:9/ > werke/denied.txt' },
        { tool: 'Write', input: { file_path: 'werke/b.txt', content: 'b\n' } },
        { say: 'B, without the download.' },
      ],
    },
    { when: 'prompt-e', steps: [{ run: 'echo e > werke/e.txt' }, { say: 'E.' }] },
  ],
  gemini: [{ when: 'prompt-c', steps: [{ run: 'echo c > werke/c.txt' }, { say: 'C.' }] }],
}

const clis = useThreeClis(scripts)

describe('a plan of five tasks over three real CLIs, steered over the public API', () => {
  let session: Session
  const asked: Approval[] = []

  it('asks for each CLI what it wants, and goes on with the answers', async () => {
    const tasks = [
      { id: 'a', title: 'A', prompt: 'prompt-a', agent: 'codex' },
      { id: 'b', title: 'B', prompt: 'prompt-b', agent: 'claude' },
      { id: 'c', title: 'C', prompt: 'prompt-c', agent: 'gemini' },
      { id: 'd', title: 'D', prompt: 'prompt-d', agent: 'codex', needs: ['a', 'b'] },
      { id: 'e', title: 'E', prompt: 'prompt-e', agent: 'gemini', needs: ['c'] },
    ]
    const started = await clis.api.post<Session>('/api/sessions', {
      repo: clis.repository.dir,
      goal: 'Five works',
      plan: { tasks },
      trust: true,
      start: true,
    })
    const question = async (agent: Cli): Promise<Approval> => {
      const event = await clis.stream.until(
        (one) => one.type === 'approval.requested' && one.data.approval.agent === agent,
      )
      if (event.type !== 'approval.requested') throw new Error('not a question')
      asked.push(event.data.approval)
      return event.data.approval
    }
    const answer = (approval: Approval, decision: string, note?: string) =>
      clis.api.post(`/api/approvals/${approval.id}`, { decision, ...(note ? { note } : {}) })
    const [codex, claude, gemini] = await Promise.all(CLIS.map(question))
    if (!codex || !claude || !gemini) throw new Error('not all asked')
    expect(codex.question).toContain('touch ../outside.txt')
    expect(claude.question).toContain('curl -s http://127.0.0.1:9/')
    expect(gemini.question).toContain('echo c > werke/c.txt')
    // From now on Gemini's key is refused: the task after this one finds it so.
    scripts.gemini.push({ when: 'prompt-e', steps: [{ fail: 401 }] })
    await answer(codex, 'allow')
    await answer(claude, 'deny', 'no downloads')
    await answer(gemini, 'allow')
    session = await clis.rest(started.id)
    expect(session.tasks.map(({ key, state, reason }) => [key, state, reason?.message])).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((key) => [key, 'integrated', undefined]),
    )
  })

  it('did what was allowed and not what was denied', () => {
    const files = clis.repository.git('ls-tree', '-r', '--name-only', 'main').split('\n')
    expect(files).not.toContain('werke/a.txt')
    const said = JSON.stringify(clis.services.claude.requests.map(({ body }) => body))
    expect(said).toContain('no downloads')
    expect(asked.map(({ kind }) => kind)).toEqual(['permission', 'permission', 'permission'])
  })

  it('gave the work of the agent whose key was refused to another one, and says so', async () => {
    const e = taskOf(session, 'e')
    expect(e?.runs[0]).toMatchObject({ agent: 'gemini', reason: { code: 'not_signed_in' } })
    expect(e?.runs.at(-1)?.outcome).toBe('succeeded')
    expect(e?.agent).not.toBe('gemini')
    const agents = await clis.api.get<Agent[]>('/api/agents')
    expect(agents.find(({ id }) => id === 'gemini')).toMatchObject({
      available: false,
      reason: { code: 'not_signed_in' },
    })
  })

  it('saves all of it as a checkpoint', async () => {
    const checkpoint = await clis.api.post<Checkpoint>(
      `/api/sessions/${session.id}/checkpoints`,
      {},
    )
    expect(clis.repository.git('rev-parse', 'main')).toBe(checkpoint.commit)
    expect(clis.repository.git('cat-file', '-t', checkpoint.tag)).toBe('tag')
    expect(clis.repository.read('werke/d.txt')).toBe('a\nb\n')
    expect(clis.repository.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('denied.txt')
  })

  it('told every event once, and keeps the keys to itself', async () => {
    const numbers = clis.stream.events.map(({ seq }) => seq)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    const again = await clis.api.stream(`since=${numbers.length - 10}`)
    await again.until((event) => event.seq === numbers.length)
    expect(again.events.slice(0, 10).map(({ seq }) => seq)).toEqual(numbers.slice(-10))
    again.close()
    expect(JSON.stringify(clis.stream.events)).not.toContain(KEY)
  })
})
