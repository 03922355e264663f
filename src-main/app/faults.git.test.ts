import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { TaskState } from '../../src-shared/contract/index.ts'
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

async function begin(tasks: object[], more: { goal?: string } = {}) {
  const { sessions } = world.parts
  const opened = await sessions.open({
    repo: world.repo,
    goal: 'A goal',
    trust: true,
    plan: { tasks: tasks as never },
    ...more,
  })
  if (!opened.ok) throw new Error(opened.error.message)
  await sessions.start(opened.value.session.id)
  return opened.value
}
/** Waits until the first task is in a state. */
const until = (sessionId: string, state: TaskState) =>
  world.rest(sessionId, ({ tasks }) => tasks[0]?.state === state)

describe('cancel', () => {
  const cancelFirst = async (sessionId: string) => {
    const id = world.parts.sessions.get(sessionId)?.tasks[0]?.id ?? ''
    const result = await world.parts.tasks.cancel(id)
    return { result, state: world.parts.sessions.get(sessionId)?.tasks[0]?.state }
  }

  it('ends a blocked task, and the rest goes on', async () => {
    await open()
    const { session } = await begin([
      task('b', 'echo b > b.txt', { needs: ['a'] }),
      task('a', 'sleep 0.5; echo a > a.txt'),
    ])
    await until(session.id, 'blocked')
    expect((await cancelFirst(session.id)).state).toBe('cancelled')
    const rested = await world.rest(session.id)
    expect(rested.tasks.map(({ state }) => state)).toEqual(['cancelled', 'integrated'])
  })

  it('ends a queued task that waits for a place', async () => {
    await open({ limits: { concurrentRuns: 1 } })
    const { session } = await begin([
      task('z', 'sleep 0.6; echo z > z.txt'),
      task('a', 'echo a > a.txt'),
    ])
    await world.rest(session.id, ({ tasks }) => tasks[1]?.state === 'queued')
    const id = world.parts.sessions.get(session.id)?.tasks[1]?.id ?? ''
    await world.parts.tasks.cancel(id)
    const rested = await world.rest(session.id)
    expect(rested.tasks.map(({ state }) => state)).toEqual(['integrated', 'cancelled'])
  })

  it('ends a running agent that ignores signals, with all it started, and keeps its work', async () => {
    await open()
    const marker = join(world.dir, 'survivor')
    const { session } = await begin([
      task(
        'a',
        `trap '' INT TERM; echo work > a.txt; (setsid sh -c "sleep 9; touch '${marker}'" &) ; sleep 60`,
      ),
    ])
    await until(session.id, 'running')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const { state } = await cancelFirst(session.id)
    expect(state).toBe('cancelled')
    const [run] = world.parts.events.read.runs.bySession(session.id)
    expect(run).toMatchObject({ state: 'ended', outcome: 'cancelled' })
    expect(world.parts.events.read.snapshots.list({ sessionId: session.id })).toHaveLength(1)
    expect(existsSync(marker)).toBe(false)
  })

  it('ends checks under way', async () => {
    await open({ project: { checks: [{ name: 'slow', run: 'sleep 60' }] } })
    const { session } = await begin([task('a', 'echo a > a.txt')])
    await until(session.id, 'verifying')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await cancelFirst(session.id)).state).toBe('cancelled')
    expect(world.parts.events.read.evidence.bySession(session.id)).toEqual([])
  })

  it('ends checks of the merged state, and the integration branch stays where it is', async () => {
    await open({
      project: {
        checks: [
          { name: 'slow together', run: 'if [ -f a.txt ] && [ -f b.txt ]; then sleep 60; fi' },
        ],
      },
    })
    const { session } = await begin([task('a', 'echo a > a.txt'), task('b', 'echo b > b.txt')])
    const merging = await world.rest(
      session.id,
      ({ tasks }) =>
        tasks.some(({ state }) => state === 'integrated') &&
        tasks.some(({ state }) => state === 'integrating'),
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    const last = merging.tasks.find(({ state }) => state === 'integrating')
    expect((await world.parts.tasks.cancel(last?.id ?? '')).ok).toBe(true)
    const rested = await world.rest(session.id)
    expect(rested.tasks.map(({ state }) => state).sort()).toEqual(['cancelled', 'integrated'])
    expect(rested.integration.head).toBe(merging.integration.head)
  })

  it.each([
    ['failed', 'exit 1'],
    ['failed', 'echo nothing changed'],
  ])('sets aside a task that %s', async (state, prompt) => {
    await open()
    const { session } = await begin([task('a', prompt)])
    expect((await world.rest(session.id)).tasks[0]?.state).toBe(state)
    expect((await cancelFirst(session.id)).state).toBe('cancelled')
  })

  it('sets aside a conflicted task, and keeps its commit', async () => {
    await open()
    const { session } = await begin([
      task('late', 'sleep 0.5; echo two > README.md'),
      task('early', 'echo one > README.md'),
    ])
    const rested = await world.rest(session.id)
    expect(rested.tasks.map(({ state }) => state)).toEqual(['conflicted', 'integrated'])
    expect((await cancelFirst(session.id)).state).toBe('cancelled')
    const commit = rested.tasks[0]?.commit ?? ''
    expect(world.mirror('show', `${commit}:README.md`)).toBe('two')
  })

  it('ends what waits for an answer and withdraws the question', async () => {
    await open()
    const { session } = await begin([task('a', 'ln -s /etc/passwd link')])
    await world.rest(session.id)
    expect((await cancelFirst(session.id)).state).toBe('cancelled')
    expect(world.parts.events.read.approvals.open(session.id)).toEqual([])
  })

  it('refuses an integrated task and one that does not exist', async () => {
    await open()
    const { session } = await begin([task('a', 'echo a > a.txt')])
    await world.rest(session.id)
    const { result, state } = await cancelFirst(session.id)
    expect(state).toBe('integrated')
    expect(!result.ok && result.error.code).toBe('illegal_move')
    const unknown = await world.parts.tasks.cancel('nobody')
    expect(!unknown.ok && unknown.error.code).toBe('not_found')
  })
})

describe('interruption', () => {
  it('stops agents, keeps their work, and the same request goes on in the same worktree', async () => {
    await open()
    const tasks = [
      task(
        'a',
        'if [ -f half.txt ]; then echo rest >> half.txt; else echo half > half.txt; sleep 60; fi',
      ),
    ]
    const { session } = await begin(tasks)
    await until(session.id, 'running')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await world.parts.sessions.interrupt()
    expect(world.parts.sessions.get(session.id)).toMatchObject({
      state: 'suspended',
      reason: { code: 'interrupted' },
      tasks: [{ state: 'queued', reason: { code: 'run_interrupted' } }],
    })
    expect(world.parts.events.read.snapshots.list({ sessionId: session.id })).toHaveLength(1)
    await world.restart()
    const again = await begin(tasks)
    expect(again.resumed).toBe(true)
    expect(again.session.id).toBe(session.id)
    const rested = await world.rest(session.id)
    expect(rested.tasks[0]?.state).toBe('integrated')
    expect(rested.tasks[0]?.runs.map(({ cause }) => cause)).toEqual(['first', 'interrupted'])
    const kept = world.parts.events.read.snapshots.list({ sessionId: session.id })
    expect(new Set(kept.map(({ ref }) => ref)).size).toBe(2)
    expect(kept.map(({ ref }) => world.mirror('show', `${ref}:half.txt`))).toEqual([
      'half',
      'half\nrest',
    ])
  })

  it('killed in the middle of being stopped, a task that seems to run goes on as well', async () => {
    await open()
    const tasks = [
      task('a', 'if [ -f a.txt ]; then echo b > b.txt; else echo a > a.txt; sleep 60; fi'),
    ]
    const { session } = await begin(tasks)
    await until(session.id, 'running')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await world.parts.sessions.interrupt()
    // The session is suspended before its runs are ended: this is what a kill between the two leaves.
    const id = world.parts.sessions.get(session.id)?.tasks[0]?.id ?? ''
    world.parts.storage.write((tables) => tables.tasks.update(id, { state: 'running' }))
    await world.restart()
    await begin(tasks)
    const rested = await world.rest(session.id)
    expect(rested.tasks[0]?.state).toBe('integrated')
  })

  it('starts a new session once the old one is integrated and saved', async () => {
    await open()
    const tasks = [task('a', 'date +%N > a.txt')]
    const first = await begin(tasks)
    await world.rest(first.session.id)
    await world.parts.sessions.save({ sessionId: first.session.id, allowUnchecked: true })
    const second = await begin(tasks)
    expect(second.resumed).toBe(false)
    await world.rest(second.session.id)
  })
})

describe('side by side', () => {
  it('runs two sessions and eight tasks at once on one project without a lock error', async () => {
    await open({
      agents: { codex: { enabled: false }, shell: { ...SHELL, maxConcurrent: 8 } },
      limits: { concurrentRuns: 8 },
    })
    const four = (name: string) =>
      [1, 2, 3, 4].map((n) => task(`${name}${n}`, `echo ${n} > ${name}${n}.txt`))
    const [one, two] = await Promise.all([
      begin(four('x'), { goal: 'One' }),
      begin(four('y'), { goal: 'Two' }),
    ])
    const [first, second] = await Promise.all([
      world.rest(one.session.id),
      world.rest(two.session.id),
    ])
    for (const { tasks } of [first, second]) {
      expect(tasks.map(({ state }) => state)).toEqual(Array(4).fill('integrated'))
    }
    expect(world.errors).toEqual([])
    for (const session of [first, second]) {
      const saved = await world.parts.sessions.save({ sessionId: session.id, allowUnchecked: true })
      expect(saved.ok).toBe(true)
    }
    expect(world.git('ls-files').split('\n')).toHaveLength(10)
  })
})

describe('planning', () => {
  const planner = { codex: { enabled: false }, shell: SHELL, 'rehearsal-plan': {} }

  it('takes the goal as one task when no agent can plan', async () => {
    await open()
    const { sessions } = world.parts
    const opened = await sessions.open({
      repo: world.repo,
      goal: 'echo a > a.txt\nexit 0\n',
      trust: true,
    })
    if (!opened.ok) throw new Error(opened.error.message)
    await sessions.start(opened.value.session.id)
    const rested = await world.rest(opened.value.session.id)
    expect(rested.tasks.map(({ key, state }) => [key, state])).toEqual([['t1', 'integrated']])
  })

  it('takes the plan of an agent that answers with one', async () => {
    await open({ agents: planner })
    const { sessions } = world.parts
    const plan = {
      tasks: [
        {
          id: 'a',
          title: 'A',
          prompt: 'echo a > a.txt\nexit 0\n',
          agent: 'shell',
          needs: [],
          files: [],
          kind: 'implement',
        },
        {
          id: 'b',
          title: 'B',
          prompt: 'cat a.txt > b.txt\nexit 0\n',
          agent: 'shell',
          needs: ['a'],
          files: [],
          kind: 'implement',
        },
      ],
    }
    const goal = `Make two files\n\`\`\`rehearsal plan\n${JSON.stringify(plan)}\n\`\`\`\n`
    const opened = await sessions.open({ repo: world.repo, goal, trust: true })
    if (!opened.ok) throw new Error(opened.error.message)
    await sessions.start(opened.value.session.id)
    const rested = await world.rest(opened.value.session.id)
    expect(rested.tasks.map(({ key, state }) => [key, state])).toEqual([
      ['a', 'integrated'],
      ['b', 'integrated'],
    ])
    const events = world.parts.events.since(0, { sessionId: rested.id })
    expect(events.find(({ type }) => type === 'plan.proposed')?.data).toMatchObject({
      by: 'rehearsal-plan',
    })
  })

  it('falls back to one task after two invalid answers, and says what was wrong', async () => {
    await open({ agents: planner })
    const { sessions } = world.parts
    const goal =
      'echo a > a.txt\nexit 0\n```rehearsal plan\n{"tasks":[{"id":"a","title":"A","prompt":"x","needs":["zz"]}]}\n```\n'
    const opened = await sessions.open({ repo: world.repo, goal, trust: true })
    if (!opened.ok) throw new Error(opened.error.message)
    await sessions.start(opened.value.session.id)
    await world.rest(opened.value.session.id)
    const events = world.parts.events.since(0, { sessionId: opened.value.session.id })
    const rejected = events.filter(({ type }) => type === 'plan.rejected')
    expect(rejected).toHaveLength(2)
    expect(events.find(({ type }) => type === 'plan.proposed')?.data).toMatchObject({
      by: 'fallback',
    })
  })
})

describe('a full disk', () => {
  it('is told as one when a session is opened, and the same request works once there is space', async (context) => {
    let size = 5
    const mount = (dir: string) => {
      mkdirSync(dir, { mode: 0o700 })
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m,mode=0700`, 'none', dir], {
        stdio: 'ignore',
      })
      return () => execFileSync('umount', [dir])
    }
    try {
      await open({ prepareData: mount })
    } catch {
      world = await createWorld()
      context.skip('this user may not mount a small disk')
    }
    world.write('large.bin', randomBytes(8_000_000).toString('base64'))
    world.git('add', '-A')
    world.git('commit', '-qm', 'large')
    const request = {
      repo: world.repo,
      goal: 'G',
      trust: true,
      plan: { tasks: [task('a', 'echo a > a.txt')] },
    }
    const full = await world.parts.sessions.open(request)
    expect(!full.ok && full.error.code).toBe('disk_full')
    expect(world.parts.sessions.list()).toEqual([])
    size = 200
    execFileSync('mount', ['-o', `remount,size=${size}m`, world.dataDir])
    const opened = await world.parts.sessions.open(request)
    if (!opened.ok) throw new Error(opened.error.message)
    await world.parts.sessions.start(opened.value.session.id)
    expect((await world.rest(opened.value.session.id)).tasks[0]).toMatchObject({
      state: 'integrated',
    })
  })
})

describe('bad input', () => {
  const codeOf = async (request: object) => {
    const opened = await world.parts.sessions.open({
      repo: world.repo,
      goal: 'G',
      trust: false,
      ...request,
    })
    return opened.ok ? 'ok' : opened.error.code
  }

  it('is answered with a closed code and leaves no session', async () => {
    await open()
    const bad = (tasks: object[]) => ({ plan: { tasks } })
    const plain = join(world.dir, 'plain')
    mkdirSync(plain)
    expect(await codeOf({ goal: ' \n' })).toBe('goal_empty')
    expect(await codeOf({ goal: 'x'.repeat(1_048_576) })).toBe('goal_too_long')
    expect(await codeOf({ repo: plain })).toBe('not_a_repository')
    expect(await codeOf({ repo: join(world.dir, 'nowhere') })).toBe('not_a_repository')
    expect(await codeOf({ target: 'nowhere' })).toBe('target_missing')
    expect(await codeOf({ agents: ['hal'] })).toBe('agent_unknown')
    expect(await codeOf(bad([{ title: 'A', prompt: 'p', agent: 'hal' }]))).toBe('agent_unknown')
    expect(await codeOf(bad([{ id: 'a', title: 'A', prompt: 'p', needs: ['a'] }]))).toBe(
      'plan_cycle',
    )
    expect(world.parts.sessions.list()).toEqual([])
  })

  it('names key and line of an invalid .thalogos.json', async () => {
    await open()
    world.write('.thalogos.json', '{\n  "checks": [\n    {"name": "x"}\n  ]\n}\n')
    world.git('add', '-A')
    world.git('commit', '-qm', 'config')
    const opened = await world.parts.sessions.open({ repo: world.repo, goal: 'G', trust: true })
    expect(opened).toMatchObject({
      ok: false,
      error: { code: 'config_invalid', details: { key: 'checks.0.run', line: 3 } },
    })
  })

  it('suspends with what to do when no agent is available', async () => {
    await open({ agents: { codex: { enabled: false }, gone: { command: '/nowhere/agent' } } })
    const { session } = await begin([task('a', 'x')])
    const rested = await world.rest(session.id)
    expect(rested).toMatchObject({ state: 'suspended', reason: { code: 'no_agent' } })
  })

  it('refuses a data folder that another orchestrator owns', async () => {
    await open()
    await expect(createSecond()).resolves.toBe('data_folder_owned')
  })
})

async function createSecond(): Promise<string> {
  const { boot } = await import('./boot.ts')
  const { defaultConfig } = await import('../../src-shared/contract/index.ts')
  const { createRedactor, silentLog } = await import('../base/index.ts')
  const second = await boot({
    dataDir: world.dataDir,
    config: defaultConfig,
    resourcesDir: '',
    log: silentLog,
    redactor: createRedactor(),
  })
  if (second.ok) await second.value.close()
  return second.ok ? 'ok' : second.error.code
}

describe('trust that is given later', () => {
  const evil = { checks: [{ name: 'evil', run: 'touch ../../../../evil' }] }
  const again = async (content: object) => {
    await open({ project: evil })
    const plan = { tasks: [task('a', 'echo a > a.txt')] }
    const request = { repo: world.repo, goal: 'G', plan }
    const first = await world.parts.sessions.open({ ...request, trust: false })
    world.write('.thalogos.json', JSON.stringify(content))
    world.git('commit', '-qam', 'seen', '--allow-empty')
    const second = await world.parts.sessions.open({ ...request, trust: true })
    if (!first.ok || !second.ok) throw new Error('not opened')
    expect(second.value.session.id).toBe(first.value.session.id)
    return world.parts.events.read.sessions.get(second.value.session.id)?.trusted
  }

  it('counts where the file is what the session began with', async () => {
    expect(await again(evil)).toBe(true)
  })

  it('does not reach the old content once the file has changed', async () => {
    expect(await again({ checks: [{ name: 'good', run: 'true' }] })).toBe(false)
    const [session] = world.parts.sessions.list()
    const said = world.parts.events.read.messages.list(session?.id ?? '').at(-1)
    expect(said?.text).toContain('has changed since the session began')
  })
})

describe('a repository that is gone', () => {
  it('refuses Save with its code, and suspends work after a restart until it is back', async () => {
    await open()
    const { session } = await begin([task('a', 'echo a > a.txt'), task('b', 'exit 1')])
    const [, failed] = (await world.rest(session.id)).tasks
    renameSync(world.repo, `${world.repo}.moved`)
    const refused = await world.parts.sessions.save({ sessionId: session.id, allowUnchecked: true })
    expect(!refused.ok && refused.error.code).toBe('not_a_repository')
    await world.restart()
    world.parts.tasks.retry(failed?.id ?? '')
    const halted = await world.rest(session.id)
    expect(halted).toMatchObject({ state: 'suspended', reason: { code: 'not_a_repository' } })
    expect(halted.tasks[1]?.state).toBe('queued')
    renameSync(`${world.repo}.moved`, world.repo)
    await world.parts.sessions.start(session.id)
    expect((await world.rest(session.id)).state).toBe('awaiting_review')
  })

  it('refuses a Save onto a target that has another history', async () => {
    await open()
    const { session } = await begin([task('a', 'echo a > a.txt')])
    await world.rest(session.id)
    world.git('checkout', '-q', '--orphan', 'other')
    world.git('commit', '-qm', 'another beginning')
    world.git('branch', '-M', 'main')
    const refused = await world.parts.sessions.save({ sessionId: session.id, allowUnchecked: true })
    expect(!refused.ok && refused.error).toMatchObject({
      code: 'save_target_conflict',
      message: 'the two sides have no common history',
    })
  })
})
