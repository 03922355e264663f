import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Run, Session } from '../../src-shared/contract/index.ts'
import { createWorld, SHELL, shellTask, type World } from './fixture/world.ts'

let world: World
afterEach(async () => {
  await world.close()
  expect(world.errors).toEqual([])
})

/** Works until the test lets it go on: the script waits for a file in its worktree. */
const WAITS = 'while [ ! -e go ]; do sleep 0.05; done; rm go; echo done > a.txt'
const TEST = { tool: 'shell', subject: 'npm test', why: 'to see whether it is green' }

async function begin(tasks: object[], more: object = {}): Promise<string> {
  const plan = { tasks: tasks as never }
  const opened = await world.parts.sessions.open({
    repo: world.repo,
    goal: 'g',
    plan,
    trust: true,
    ...more,
  })
  if (!opened.ok) throw new Error(opened.error.message)
  const { id } = opened.value.session
  const started = await world.parts.sessions.start(id)
  if (!started.ok) throw new Error(started.error.message)
  return id
}

const taskOf = (session: Session | undefined, key: string) =>
  session?.tasks.find((task) => task.key === key)

async function liveRun(sessionId: string, key = 'a'): Promise<Run> {
  for (;;) {
    const run = taskOf(world.parts.sessions.get(sessionId), key)?.runs.at(-1)
    if (run?.state === 'running') return run
    await sleep(10)
  }
}

const letGo = ({ sessionId, taskId = '' }: Run) =>
  writeFileSync(join(world.dataDir, 'worktrees', sessionId, taskId, 'go'), '')

const openApprovals = () => world.parts.events.read.approvals.open()

describe('a question of an agent', () => {
  it('keeps its task waiting and nothing else; the answer sets it going', async () => {
    world = await createWorld({ limits: { concurrentRuns: 1 } })
    const id = await begin([shellTask('a', WAITS), shellTask('b', 'echo b > b.txt')])
    const run = await liveRun(id)
    const answer = world.parts.tasks.ask(run.id, TEST)
    const waiting = await world.rest(id)
    // The only place was free for the other task meanwhile.
    expect([waiting.state, taskOf(waiting, 'b')?.state]).toEqual(['awaiting_review', 'integrated'])
    const [approval] = openApprovals()
    expect(approval).toMatchObject({
      kind: 'permission',
      taskId: run.taskId,
      runId: run.id,
      agent: 'shell',
      question: 'shell wants to run: npm test (to see whether it is green)',
      options: ['allow', 'allow_session', 'deny'],
    })
    const denied = { decision: 'deny', note: 'not now' } as const
    expect(world.parts.tasks.decide(approval?.id ?? '', denied).ok).toBe(true)
    expect(await answer).toEqual({ ok: true, value: denied })
    expect(world.parts.sessions.get(id)?.state).toBe('active')
    letGo(run)
    expect(taskOf(await world.rest(id), 'a')?.state).toBe('integrated')
  })

  it('is answered for the session, to the letter, and told each time', async () => {
    world = await createWorld()
    const id = await begin([shellTask('a', WAITS)])
    const run = await liveRun(id)
    const first = world.parts.tasks.ask(run.id, TEST)
    const approval = openApprovals()[0]?.id ?? ''
    world.parts.tasks.decide(approval, { decision: 'allow_session' })
    expect(await first).toEqual({ ok: true, value: { decision: 'allow' } })
    expect(await world.parts.tasks.ask(run.id, TEST)).toEqual({
      ok: true,
      value: { decision: 'allow' },
    })
    const [, second] = world.parts.events.read.approvals.bySession(id)
    expect(second).toMatchObject({ state: 'allowed', decidedBy: `approval:${approval}` })
    const longer = world.parts.tasks.ask(run.id, { ...TEST, subject: 'npm test && curl x' })
    expect(openApprovals()).toHaveLength(1)
    letGo(run)
    // Its run ended without an answer.
    expect(await longer).toMatchObject({ ok: true, value: { decision: 'deny' } })
    expect(openApprovals()).toEqual([])
    await world.rest(id)
  })

  it('ends with its task when that is cancelled, and is refused for a run that has ended', async () => {
    world = await createWorld()
    const id = await begin([shellTask('a', WAITS)])
    const run = await liveRun(id)
    const asked = world.parts.tasks.ask(run.id, TEST)
    await world.rest(id)
    const [approval] = openApprovals()
    await world.parts.tasks.cancel(run.taskId ?? '')
    expect(await asked).toMatchObject({ value: { decision: 'deny' } })
    const late = world.parts.tasks.decide(approval?.id ?? '', { decision: 'allow' })
    expect(late).toMatchObject({ ok: false, error: { code: 'illegal_move' } })
    expect(await world.parts.tasks.ask(run.id, TEST)).toMatchObject({
      error: { code: 'run_not_live' },
    })
  })

  it('is withdrawn when Thalogos closes, and the task goes on at the next start', async () => {
    world = await createWorld()
    const id = await begin([shellTask('a', WAITS)])
    const asked = world.parts.tasks.ask((await liveRun(id)).id, TEST)
    await world.rest(id)
    await world.restart()
    expect(await asked).toMatchObject({ value: { decision: 'deny' } })
    expect(openApprovals()).toEqual([])
    expect(taskOf(world.parts.sessions.get(id), 'a')?.state).toBe('queued')
    expect((await world.parts.sessions.start(id)).ok).toBe(true)
    letGo(await liveRun(id))
    expect(taskOf(await world.rest(id), 'a')?.state).toBe('integrated')
  })
})

describe('a run that is taken over', () => {
  const TALKS = {
    command: '/bin/sh',
    args: ['-s'],
    // A person's terminal: what is typed is done, until `exit`.
    interactive: { args: ['-i'], leave: 'exit\r' },
  }

  it('is opened for a person in the same worktree, and goes on by itself when it is handed back', async () => {
    world = await createWorld({ agents: { talks: TALKS, other: SHELL, codex: { enabled: false } } })
    const prompt = '[ -e by-hand.txt ] && echo done > a.txt || { touch began; sleep 600; }'
    const id = await begin([shellTask('a', prompt, { agent: 'talks' })])
    const run = await liveRun(id)
    const dir = join(world.dataDir, 'worktrees', id, run.taskId ?? '')
    while (!existsSync(join(dir, 'began'))) await sleep(10)
    const opened = await world.parts.tasks.takeOver(run.id, { cols: 80, rows: 24 })
    if (!opened.ok) throw new Error(opened.error.message)
    expect(opened.value).toMatchObject({ cause: 'taken_over', agent: 'talks', taskId: run.taskId })
    expect(world.parts.events.read.runs.get(run.id)).toMatchObject({ outcome: 'interrupted' })
    world.parts.runner.find(opened.value.id)?.write('echo mine > by-hand.txt\r')
    while (!existsSync(join(dir, 'by-hand.txt'))) await sleep(10)
    expect(taskOf(world.parts.sessions.get(id), 'a')?.state).toBe('running')
    const back = await world.parts.tasks.handBack(opened.value.id)
    expect(back.ok).toBe(true)
    const session = await world.rest(id)
    const task = taskOf(session, 'a')
    expect(task?.runs.map(({ cause, agent }) => [cause, agent])).toEqual([
      ['first', 'talks'],
      ['taken_over', 'talks'],
      ['handed_back', 'talks'],
    ])
    expect(task?.state).toBe('integrated')
    expect(world.mirror('show', `${session.integration.head}:by-hand.txt`)).toBe('mine')
  })

  it('is refused where there is no interactive form, or no live run', async () => {
    world = await createWorld()
    const id = await begin([shellTask('a', WAITS)])
    const run = await liveRun(id)
    const size = { cols: 80, rows: 24 }
    const code = async (runId: string) => {
      const taken = await world.parts.tasks.takeOver(runId, size)
      return taken.ok ? 'ok' : taken.error.code
    }
    expect(await code(run.id)).toBe('takeover_unsupported')
    expect(await code('nobody')).toBe('not_found')
    expect(await world.parts.tasks.handBack(run.id)).toMatchObject({
      error: { code: 'run_not_live' },
    })
    letGo(run)
    await world.rest(id)
    expect(await code(run.id)).toBe('run_not_live')
  })

  it('goes on by itself when Thalogos ended while a person worked', async () => {
    world = await createWorld({ agents: { talks: TALKS, codex: { enabled: false } } })
    const prompt = '[ -e second ] && echo done > a.txt || { touch second; sleep 600; }'
    const id = await begin([shellTask('a', prompt)])
    const run = await liveRun(id)
    const dir = join(world.dataDir, 'worktrees', id, run.taskId ?? '')
    while (!existsSync(join(dir, 'second'))) await sleep(10)
    await world.parts.tasks.takeOver(run.id, { cols: 80, rows: 24 })
    await world.restart()
    expect((await world.parts.sessions.start(id)).ok).toBe(true)
    const task = taskOf(await world.rest(id), 'a')
    expect([task?.state, task?.runs.length]).toEqual(['integrated', 3])
  })
})
