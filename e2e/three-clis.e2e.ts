import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  Agent,
  Approval,
  Checkpoint,
  Run,
  Session,
  Task,
} from '../src-shared/contract/index.ts'
import { claudeFragment } from './agent-clis/claude-config.ts'
import { codexFragment } from './agent-clis/codex-config.ts'
import { GEMINI_MODEL, geminiFragment } from './agent-clis/gemini-config.ts'
import { installAgentClis } from './agent-clis/install.ts'
import { type ModelScript, type ModelService, startModelService } from './model-service/index.ts'
import { type Api, type Stream, serveProgram } from './program/api.ts'
import { kill, processesOf } from './program/processes.ts'
import { makeReady, type RunningProgram } from './program/program.ts'
import { createLivedInRepository, type UserRepository } from './program/repository.ts'

const CLIS = ['codex', 'claude', 'gemini'] as const
type Cli = (typeof CLIS)[number]
const KEY = 'scripted-key-1f4c9a'

/** What each model does, alone: one service a CLI, so that one of them can refuse its key. */
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

const WAITS: ModelScript[] = [
  {
    when: 'prompt-wait',
    steps: [{ run: 'echo began > werke/began.txt; sleep 600' }, { say: 'never' }],
  },
  // What the agent is told when it is handed back.
  {
    when: 'The user has worked with you',
    steps: [{ run: 'echo done > werke/w.txt' }, { say: 'Done.' }],
  },
]

let dir = ''
let repository: UserRepository
let services: Record<Cli, ModelService>
let program: RunningProgram
let api: Api
let stream: Stream

beforeAll(async () => {
  const clis = await installAgentClis()
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'thalogos e2e ü ')))
  const home = join(dir, 'home')
  mkdirSync(home)
  await makeReady(home)
  repository = createLivedInRepository(home, join(dir, 'Projekt'))
  services = {
    codex: await startModelService(scripts.codex),
    claude: await startModelService(scripts.claude),
    gemini: await startModelService(scripts.gemini),
  }
  const given = (cli: Cli) => ({ command: clis[cli], service: services[cli].url, home, key: KEY })
  const agents = {
    codex: codexFragment(given('codex')),
    claude: { ...claudeFragment(given('claude')), permissions: 'ask' },
    gemini: { ...geminiFragment(given('gemini')), model: GEMINI_MODEL },
  }
  const config = join(dir, 'config.json')
  writeFileSync(config, JSON.stringify({ agents }))
  const served = await serveProgram(['--config', config, '--data', join(dir, 'data')], home)
  program = served.program
  api = served.api
  stream = await api.stream()
})
afterAll(async () => {
  stream?.close()
  program?.send('SIGINT')
  await program?.done
  const left = processesOf(dir)
  kill(left)
  await Promise.all(Object.values(services).map((service) => service.close()))
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  expect(left).toEqual([])
})

const settled = (id: string) =>
  stream.until(
    (event) =>
      event.sessionId === id &&
      event.type === 'session.state_changed' &&
      event.data.to === 'awaiting_review' &&
      !stream.events.some(
        (later) =>
          later.sessionId === id && later.seq > event.seq && later.type === 'session.state_changed',
      ),
  )

/** Waits until nothing can go on without a human, and nothing is asked of one. */
async function rest(id: string): Promise<Session> {
  for (;;) {
    await settled(id)
    const session = await api.get<Session>(`/api/sessions/${id}`)
    const asked = await api.get<Approval[]>(`/api/approvals?session=${id}`)
    if (session.state === 'awaiting_review' && asked.length === 0) return session
    await sleep(100)
  }
}

/** Allows whatever is asked in a session, until it is stopped. */
function allowAll(id: string): { stop(): void } {
  const timer = setInterval(() => {
    void api
      .get<Approval[]>(`/api/approvals?session=${id}`)
      .then((asked) =>
        Promise.all(
          asked.map((one) => api.send('POST', `/api/approvals/${one.id}`, { decision: 'allow' })),
        ),
      )
  }, 200)
  return { stop: () => clearInterval(timer) }
}

const taskOf = (session: Session, key: string): Task | undefined =>
  session.tasks.find((task) => task.key === key)

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
    const started = await api.post<Session>('/api/sessions', {
      repo: repository.dir,
      goal: 'Five works',
      plan: { tasks },
      trust: true,
      start: true,
    })
    const question = async (agent: Cli): Promise<Approval> => {
      const event = await stream.until(
        (one) => one.type === 'approval.requested' && one.data.approval.agent === agent,
      )
      if (event.type !== 'approval.requested') throw new Error('not a question')
      asked.push(event.data.approval)
      return event.data.approval
    }
    const answer = (approval: Approval, decision: string, note?: string) =>
      api.post(`/api/approvals/${approval.id}`, { decision, ...(note ? { note } : {}) })
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
    session = await rest(started.id)
    expect(session.tasks.map(({ key, state, reason }) => [key, state, reason?.message])).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((key) => [key, 'integrated', undefined]),
    )
  })

  it('did what was allowed and not what was denied', () => {
    const files = repository.git('ls-tree', '-r', '--name-only', 'main').split('\n')
    expect(files).not.toContain('werke/a.txt')
    const said = JSON.stringify(services.claude.requests.map(({ body }) => body))
    expect(said).toContain('no downloads')
    expect(asked.map(({ kind }) => kind)).toEqual(['permission', 'permission', 'permission'])
  })

  it('gave the work of the agent whose key was refused to another one, and says so', async () => {
    const e = taskOf(session, 'e')
    expect(e?.runs[0]).toMatchObject({ agent: 'gemini', reason: { code: 'not_signed_in' } })
    expect(e?.runs.at(-1)?.outcome).toBe('succeeded')
    expect(e?.agent).not.toBe('gemini')
    const agents = await api.get<Agent[]>('/api/agents')
    expect(agents.find(({ id }) => id === 'gemini')).toMatchObject({
      available: false,
      reason: { code: 'not_signed_in' },
    })
  })

  it('saves all of it as a checkpoint', async () => {
    const checkpoint = await api.post<Checkpoint>(`/api/sessions/${session.id}/checkpoints`, {})
    expect(repository.git('rev-parse', 'main')).toBe(checkpoint.commit)
    expect(repository.git('cat-file', '-t', checkpoint.tag)).toBe('tag')
    expect(repository.read('werke/d.txt')).toBe('a\nb\n')
    expect(repository.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('denied.txt')
  })

  it('told every event once, and keeps the keys to itself', async () => {
    const numbers = stream.events.map(({ seq }) => seq)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    const again = await api.stream(`since=${numbers.length - 10}`)
    await again.until((event) => event.seq === numbers.length)
    expect(again.events.slice(0, 10).map(({ seq }) => seq)).toEqual(numbers.slice(-10))
    again.close()
    expect(JSON.stringify(stream.events)).not.toContain(KEY)
  })
})

// Claude Code's way back and forth is told in its own stories (agent-clis/claude.e2e.ts).
describe.each(['codex'] as const)('a run of %s', (cli) => {
  // What it shows once it takes what is typed.
  const READY = /›/

  it('is taken over at a real terminal, and handed back', async () => {
    scripts[cli].splice(0, scripts[cli].length, ...WAITS)
    const started = await api.post<Session>('/api/sessions', {
      repo: repository.dir,
      goal: `Taken over from ${cli}`,
      agents: [cli],
      plan: { tasks: [{ id: 'w', title: 'W', prompt: 'prompt-wait', agent: cli }] },
      trust: true,
      start: true,
    })
    const inSession = (type: string) => (event: { sessionId?: string; type: string }) =>
      event.sessionId === started.id && event.type === type
    // What each asks for is told above; here all of it is allowed.
    const answering = allowAll(started.id)
    const run = await stream.until(inSession('run.started'))
    const worktree = join(dir, 'data/worktrees', started.id, run.taskId ?? '')
    while (!existsSync(join(worktree, 'werke/began.txt'))) await sleep(50)
    const interactive = await api.post<Run>(`/api/runs/${run.runId}/takeover`, {})
    expect(interactive).toMatchObject({ cause: 'taken_over', agent: cli })
    const n = await stream.attach(interactive.id)
    const shown = () => stream.bytes.get(n)?.toString('utf8') ?? ''
    while (!READY.test(shown())) await sleep(50)
    stream.send({ type: 'resize', run: interactive.id, cols: 100, rows: 30 })
    await api.post(`/api/runs/${interactive.id}/handback`)
    const session = await rest(started.id)
    answering.stop()
    const task = taskOf(session, 'w')
    expect(task?.runs.map(({ cause }) => cause)).toEqual(['first', 'taken_over', 'handed_back'])
    expect(task?.state).toBe('integrated')
    const [first, , last] = task?.runs ?? []
    expect(last?.cliSessionId).toBe(first?.cliSessionId)
    const bodies = JSON.stringify(services[cli].requests.at(-1)?.body)
    expect(bodies).toContain('prompt-wait')
  })
})
