import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Session } from '../../src-shared/contract/index.ts'
import {
  createWorld,
  SHELL,
  shellTask as task,
  type World,
  type WorldOptions,
} from './fixture/world.ts'

let world: World
const open = async (options?: WorldOptions) => {
  world = await createWorld(options)
  return world
}
afterEach(() => world.close())

const codeOf = (result: { ok: true } | { ok: false; error: { code: string } }) =>
  result.ok ? 'ok' : result.error.code
const idOf = (session: Session, at = 0) => session.tasks[at]?.id ?? ''
const exists = async (path: string) => {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20))
}
async function begin(tasks: ReturnType<typeof task>[], goal = 'A goal') {
  const { sessions } = world.parts
  const plan = { tasks }
  const opened = await sessions.open({ repo: world.repo, goal, trust: true, plan })
  if (!opened.ok) throw new Error(opened.error.message)
  const started = await sessions.start(opened.value.session.id)
  const session = started.ok ? sessions.get(started.value.id) : undefined
  if (!session) throw new Error('not started')
  return session
}

describe('a finalized session', () => {
  it('takes no command about its tasks and questions', async () => {
    const { parts, work } = await open()
    const session = await work([task('a', 'exit 1')])
    expect(parts.sessions.finalize(session.id).ok).toBe(true)
    expect(codeOf(parts.tasks.retry(idOf(session)))).toBe('illegal_move')
    expect(codeOf(await parts.tasks.cancel(idOf(session)))).toBe('illegal_move')
    expect(parts.sessions.get(session.id)?.tasks[0]?.state).toBe('failed')
  })
})

describe('a note to the agent', () => {
  it('outlives a restart and reaches every agent that the retry brings', async () => {
    const agents = { codex: { enabled: false }, shell: SHELL, other: SHELL }
    const { work, dir } = await open({ agents })
    const seen = join(dir, 'seen')
    // The prompt is the script: what follows its first line is a here-document, the note among it.
    const session = await work([{ id: 'a', title: 'A', prompt: `cat >> '${seen}' <<END; exit 1` }])
    await world.parts.sessions.suspend(session.id, { code: 'interrupted', message: 'later' })
    writeFileSync(seen, '')
    expect(world.parts.tasks.retry(idOf(session), ' Use the index. ').ok).toBe(true)
    await world.restart()
    await world.parts.sessions.start(session.id)
    const rested = await world.rest(session.id)
    const causes = rested.tasks[0]?.runs.map(({ cause }) => cause).slice(-3)
    expect(causes).toEqual(['asked', 'agent_failed', 'agent_failed'])
    expect(readFileSync(seen, 'utf8').match(/> Use the index\.$/gm)).toHaveLength(3)
  })
})

describe('cancel', () => {
  it('ends a task and the question about it in one stroke', async () => {
    const { work, parts } = await open()
    const session = await work([task('a', 'ln -s /etc/passwd link')])
    const seen: [string, number][] = []
    const leave = parts.events.subscribe(() => {
      const { read } = parts.events
      const state = read.tasks.get(idOf(session))?.state ?? ''
      seen.push([state, read.approvals.open(session.id).length])
    })
    await parts.tasks.cancel(idOf(session))
    leave()
    expect(seen.length).toBeGreaterThan(1)
    expect(new Set(seen.map(String))).toEqual(new Set(['cancelled,0']))
  })

  it('ends a task whose setup is under way', async () => {
    await open({ project: { worktree: { setup: 'sleep 60' } } })
    const session = await begin([task('a', 'echo a > a.txt')])
    await exists(join(world.dataDir, 'worktrees', session.id, idOf(session), 'README.md'))
    expect(codeOf(await world.parts.tasks.cancel(idOf(session)))).toBe('ok')
    expect(world.parts.sessions.get(session.id)?.tasks[0]?.state).toBe('cancelled')
    expect(world.parts.events.read.runs.bySession(session.id)).toEqual([])
  })
})

describe('an interruption while the worktree is prepared', () => {
  it('leaves the task due for what it was due for, in a worktree that is prepared afresh', async () => {
    const flag = '$(dirname "$PWD")/slow'
    const setup = `if [ -f "${flag}" ]; then touch begun; sleep 60; fi; echo whole > ignored.txt`
    await open({ project: { worktree: { setup } } })
    const session = await begin([task('a', '[ -f ignored.txt ] || exit 3; exit 1')])
    await world.rest(session.id)
    const folder = join(world.dataDir, 'worktrees', session.id)
    writeFileSync(join(folder, 'slow'), '')
    const before = world.parts.events.read.runs.bySession(session.id).length
    world.parts.tasks.retry(idOf(session))
    await exists(join(folder, idOf(session), 'begun'))
    await world.parts.sessions.interrupt()
    expect(world.parts.sessions.get(session.id)?.tasks[0]).toMatchObject({ state: 'queued' })
    expect(world.parts.sessions.get(session.id)?.tasks[0]?.reason).toBeUndefined()
    await world.restart()
    rmSync(join(folder, 'slow'))
    await world.parts.sessions.start(session.id)
    const rested = await world.rest(session.id)
    const added = rested.tasks[0]?.runs.slice(before) ?? []
    expect(added[0]?.cause).toBe('asked')
    expect(added.map(({ exitCode }) => exitCode)).toEqual(added.map(() => 1))
  })
})

describe('planning', () => {
  // Says a version like Codex does, and fails at everything else.
  const BROKEN = { command: process.execPath, extraArgs: ['model_provider=none'] }

  it('goes on with the next agent when the first one cannot answer, and leaves no branch', async () => {
    await open({ agents: { codex: BROKEN, shell: SHELL, 'rehearsal-plan': {} } })
    const tasks = [{ ...task('a', 'echo a > a.txt'), agent: 'shell' }]
    const plan = JSON.stringify({
      tasks: tasks.map((one) => ({ ...one, needs: [], files: [], kind: 'implement' })),
    })
    const goal = `Make a file\n\`\`\`rehearsal plan\n${plan}\n\`\`\`\n`
    const { sessions } = world.parts
    const opened = await sessions.open({ repo: world.repo, goal, trust: true })
    if (!opened.ok) throw new Error(opened.error.message)
    await sessions.start(opened.value.session.id)
    const rested = await world.rest(opened.value.session.id)
    expect(rested.tasks[0]?.state).toBe('integrated')
    const events = world.parts.events.since(0, { sessionId: rested.id })
    expect(events.filter(({ type }) => type === 'plan.rejected')).toEqual([])
    const planners = world.parts.events.read.runs
      .bySession(rested.id)
      .filter(({ taskId }) => taskId === undefined)
    expect(planners.map(({ agent, outcome }) => [agent, outcome])).toEqual([
      ['codex', 'crashed'],
      ['rehearsal-plan', 'succeeded'],
    ])
    expect(world.mirror('for-each-ref', `refs/heads/session/${rested.id}/plan`)).toBe('')
  })
})

describe('a worktree', () => {
  it('that its agent replaced or removed is named, and the task can be tried again', async () => {
    const { work, parts, rest } = await open()
    const session = await work([
      task('gone', 'd=$PWD; cd ..; rm -rf "$d"'),
      task('link', 'd=$PWD; cd ..; mv "$d" "$d.x"; ln -s /nowhere "$d"'),
    ])
    expect(session.tasks.map(({ reason }) => reason?.code)).toEqual([
      'unreadable_content',
      'unreadable_content',
    ])
    for (const { id } of session.tasks) expect(parts.tasks.retry(id).ok).toBe(true)
    const again = await rest(session.id)
    expect(again.tasks.map(({ runs }) => runs.at(-1)?.cause)).toEqual(['asked', 'asked'])
    expect(again.tasks.map(({ runs }) => runs.at(-1)?.outcome)).toEqual(['succeeded', 'succeeded'])
  })

  it('that was being made when Thalogos was killed is made again', async () => {
    const { parts, repo, dataDir } = await open()
    const plan = { tasks: [task('a', '[ ! -e half ] && echo a > a.txt')] }
    const opened = await parts.sessions.open({ repo, goal: 'G', trust: true, plan })
    if (!opened.ok) throw new Error(opened.error.message)
    const { session } = opened.value
    const place = join(dataDir, 'worktrees', session.id, idOf(session))
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'half'), '')
    await parts.sessions.start(session.id)
    expect((await world.rest(session.id)).tasks[0]?.state).toBe('integrated')
  })

  it('that nobody can read through goes to the trash as it is when the task is retried', async () => {
    const { work, parts, rest, dir } = await open()
    const deep = `n=0; while [ $n -lt 40 ]; do mkdir ${'x'.repeat(120)} && cd ${'x'.repeat(120)} || break; n=$((n+1)); done`
    const session = await work([
      task(
        'a',
        `if [ -e '${dir}/once' ]; then echo b > b.txt; else touch '${dir}/once'; ${deep}; touch f; fi`,
      ),
    ])
    expect(session.tasks[0]?.state).toBe('failed')
    expect(parts.tasks.retry(idOf(session)).ok).toBe(true)
    expect((await rest(session.id)).tasks[0]?.state).toBe('integrated')
  })
})

describe('the commits of Thalogos', () => {
  it('are not those of the user that a Save took in: roll back lists them still', async () => {
    const { work, git, parts } = await open()
    const session = await work([task('a', 'echo a > a.txt')])
    const save = () => parts.sessions.save({ sessionId: session.id, allowUnchecked: true })
    expect((await save()).ok).toBe(true)
    world.write('mine.txt', 'mine\n')
    git('add', 'mine.txt')
    git('commit', '-qm', 'mine')
    expect(codeOf(await save())).toBe('save_nothing')
    const undo = { sessionId: session.id, checkpoint: 0, includeForeign: false }
    const undone = await parts.sessions.rollBack({ ...undo, mode: 'restore' })
    expect(codeOf(undone)).toBe('rollback_foreign')
    expect(world.read('mine.txt')).toBe('mine\n')
  })
})

describe('a summary', () => {
  it('is a page of what the agent said, however much that was', async () => {
    const { work } = await open()
    const session = await work([
      task('a', "echo a > a.txt; head -c 200000 /dev/zero | tr '\\0' x; echo"),
    ])
    expect(session.tasks[0]?.state).toBe('integrated')
    expect(session.tasks[0]?.summary?.length).toBe(16_000)
  })
})
