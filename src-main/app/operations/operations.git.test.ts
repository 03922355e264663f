import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { FileDiff } from '../../../src-shared/contract/index.ts'
import { silentLog } from '../../base/index.ts'
import { localFeed, localOperations } from '../client/local-client.ts'
import type { OperationClient } from '../client/orchestrator-client.ts'
import { createWorld, shellTask as task, type World, type WorldOptions } from '../fixture/world.ts'
import type { Outcome } from '../outcome.ts'
import { createOperations } from './create-operations.ts'

let world: World
let ask: OperationClient
async function open(options?: WorldOptions) {
  world = await createWorld(options)
  const { handlers } = createOperations(world.parts, { version: '1', log: silentLog })
  ask = localOperations(handlers)
}
afterEach(() => world.close())

async function given<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const value = await outcome
  if (!value.ok) throw new Error(`${value.error.code}: ${value.error.message}`)
  return value.value
}
const codeOf = async (outcome: Promise<Outcome<unknown>>) => {
  const value = await outcome
  return value.ok ? 'ok' : value.error.code
}
const exists = async (path: string) => {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Path, counts and the lines that differ. */
const shown = (files: readonly FileDiff[]) =>
  files.map(({ path, added, removed, hunks = [] }) => [
    path,
    added,
    removed,
    ...hunks.flatMap(({ lines }) => lines.filter((line) => !line.startsWith(' '))),
  ])

const begin = async (tasks: ReturnType<typeof task>[]) => {
  const { id } = await given(
    ask.createSession({
      repo: world.repo,
      goal: 'A goal',
      plan: { tasks },
      trust: true,
      start: true,
    }),
  )
  return id
}

describe('a session', () => {
  it('is created, started, looked at, saved and finalized', async () => {
    await open()
    const id = await begin([task('a', 'echo a > a.txt')])
    await world.rest(id)
    expect(await given(ask.getSession({ session: id }))).toMatchObject({
      state: 'awaiting_review',
      tasks: [{ key: 'a', state: 'integrated', runs: [{ outcome: 'succeeded' }] }],
    })
    expect(await given(ask.listSessions({ state: 'awaiting_review' }))).toHaveLength(1)
    expect(await given(ask.listSessions({ state: 'draft' }))).toEqual([])
    expect(shown(await given(ask.sessionDiff({ session: id })))).toEqual([['a.txt', 1, 0, '+a']])
    const preview = await given(ask.savePreview({ session: id }))
    expect(preview.refusal?.code).toBe('save_unchecked')
    expect(await codeOf(ask.saveCheckpoint({ session: id }))).toBe('save_unchecked')
    const saved = await given(ask.saveCheckpoint({ session: id, allowUnchecked: true }))
    expect(world.git('rev-parse', 'main')).toBe(saved.commit)
    expect((await given(ask.rollBack({ session: id, checkpoint: 0 }))).restores).toBe(0)
    expect((await given(ask.lineage({ session: id }))).length).toBeGreaterThan(1)
    const events = await given(ask.timeline({ session: id, type: 'checkpoint.saved' }))
    expect(events.map(({ type }) => type)).toEqual(['checkpoint.saved'])
    expect((await given(ask.finalizeSession({ session: id }))).state).toBe('finalized')
  })

  it('of the same request is another one, or the unfinished one', async () => {
    await open()
    const request = { repo: world.repo, goal: 'A goal', plan: { tasks: [task('a', 'true')] } }
    const first = await given(ask.createSession(request))
    const second = await given(ask.createSession(request))
    const third = await given(ask.createSession({ ...request, resume: true }))
    expect([first.resumed, second.resumed, third.resumed]).toEqual([false, false, true])
    expect(new Set([first.id, second.id, third.id])).toEqual(new Set([first.id, second.id]))
  })

  it('that does not exist is not found, whatever is asked of it', async () => {
    await open()
    const session = { session: 'none' }
    const asked = [
      ask.getSession(session),
      ask.startSession(session),
      ask.suspendSession(session),
      ask.resumeSession(session),
      ask.finalizeSession(session),
      ask.planSession(session),
      ask.listMessages(session),
      ask.postMessage({ ...session, text: 'hi' }),
      ask.timeline(session),
      ask.lineage(session),
      ask.sessionDiff(session),
      ask.savePreview(session),
      ask.saveCheckpoint(session),
      ask.rollBack({ ...session, checkpoint: 0 }),
      ask.taskDiff({ ...session, task: 'none' }),
      ask.delegateTask({ ...session, title: 't', prompt: 'p' }),
      ask.cancelTask({ ...session, task: 'none' }),
      ask.takeOverRun({ run: 'none' }),
      ask.getProject({ project: 'none' }),
      ask.decideApproval({ approval: 'none', decision: 'allow' }),
    ]
    expect(new Set(await Promise.all(asked.map(codeOf)))).toEqual(new Set(['not_found']))
  })

  it('whose repository is gone says so', async () => {
    await open()
    const id = await begin([task('a', 'echo a > a.txt')])
    await world.rest(id)
    await world.restart()
    const { handlers } = createOperations(world.parts, { version: '1', log: silentLog })
    const after = localOperations(handlers)
    const { rename } = await import('node:fs/promises')
    await rename(world.repo, `${world.repo} gone`)
    expect(await codeOf(after.sessionDiff({ session: id }))).toBe('not_a_repository')
  })
})

describe('the difference of a task', () => {
  it('is what stands in its worktree while it works, then its commit', async () => {
    await open()
    const may = join(world.dir, 'may')
    const begun = join(world.dir, 'begun')
    const id = await begin([
      task(
        'a',
        `echo a > a.txt; touch '${begun}'; while [ ! -f '${may}' ]; do sleep 0.1; done; echo b >> a.txt`,
      ),
    ])
    await exists(begun)
    const [{ id: taskId } = { id: '' }] = (await given(ask.getSession({ session: id }))).tasks
    const names = { session: id, task: taskId }
    expect(shown(await given(ask.taskDiff(names)))).toEqual([['a.txt', 1, 0, '+a']])
    // Nobody was told of it and nothing was kept for it.
    expect(await given(ask.listSnapshots({ session: id }))).toEqual([])
    world.write('../may', '')
    await world.rest(id)
    expect(shown(await given(ask.taskDiff(names)))).toEqual([['a.txt', 2, 0, '+a', '+b']])
    expect(await codeOf(ask.taskDiff({ ...names, session: 'another' }))).toBe('not_found')
  })

  it('is nothing before it began, and what it left when it failed', async () => {
    await open()
    const id = await begin([
      task('a', 'echo a > a.txt; exit 1'),
      task('b', 'true', { needs: ['a'] }),
    ])
    await world.rest(id)
    const [first, second] = (await given(ask.getSession({ session: id }))).tasks
    const diffOf = (of: { id: string } | undefined) =>
      given(ask.taskDiff({ session: id, task: of?.id ?? '' }))
    expect(shown(await diffOf(first))).toEqual([['a.txt', 1, 0, '+a']])
    expect(await diffOf(second)).toEqual([])
  })
})

describe('a project', () => {
  const config = { checks: [{ name: 'works', run: 'true' }] }

  it('shows what it asks to be trusted with, and is trusted with exactly that', async () => {
    await open({ project: config })
    const seen = await given(ask.addProject({ path: world.repo }))
    const hash = createHash('sha256').update(JSON.stringify(config)).digest('hex')
    expect(seen).toMatchObject({ target: 'main', trusted: false, contentHash: hash })
    expect(seen.config?.checks).toMatchObject(config.checks)
    const { id: project } = seen
    const other = 'f'.repeat(64)
    expect(await codeOf(ask.trustProject({ project, contentHash: other }))).toBe('config_changed')
    expect((await given(ask.trustProject({ project, contentHash: hash }))).trusted).toBe(true)
    world.write('.thalogos.json', '{"checks":[{"name":"other","run":"true"}]}')
    world.git('commit', '-qam', 'other checks')
    expect((await given(ask.getProject({ project }))).trusted).toBe(false)
    expect(await codeOf(ask.trustProject({ project, contentHash: hash }))).toBe('config_changed')
    expect(await given(ask.listProjects({}))).toHaveLength(1)
  })

  it('without commands needs no trust; one whose file cannot be used says why', async () => {
    await open()
    const seen = await given(ask.addProject({ path: world.repo }))
    expect(seen).toMatchObject({ trusted: true })
    expect(seen.config).toBeUndefined()
    world.write('.thalogos.json', '{"checks":3}')
    world.git('add', '-A')
    world.git('commit', '-qm', 'a fault')
    const broken = await given(ask.getProject({ project: seen.id }))
    expect(broken).toMatchObject({
      trusted: false,
      problem: expect.stringContaining('line 1, checks'),
    })
    expect(await codeOf(ask.addProject({ path: world.dir }))).toBe('not_a_repository')
  })
})

describe('what is asked', () => {
  it('is listed while it is open, and after that with all others', async () => {
    await open()
    const id = await begin([task('a', 'ln -s /etc/hosts link')])
    await world.rest(id)
    const [question] = await given(ask.listApprovals({ session: id }))
    expect(question).toMatchObject({ kind: 'content', state: 'open' })
    const approval = question?.id ?? ''
    expect(await codeOf(ask.decideApproval({ approval, decision: 'allow_session' }))).toBe(
      'illegal_move',
    )
    await given(ask.decideApproval({ approval, decision: 'deny', note: 'no links' }))
    expect(await given(ask.listApprovals({}))).toEqual([])
    expect(await given(ask.listApprovals({ all: 'true' }))).toMatchObject([
      { id: approval, state: 'denied', note: 'no links' },
    ])
  })
})

describe('settings', () => {
  it('reach agents and limits at once', async () => {
    await open({ stored: true })
    const { config } = await given(ask.getSettings({}))
    const agents = { ...config.agents, late: { command: '/bin/sh', args: ['-s'] } }
    const limits = { ...config.limits, concurrentRuns: 1 }
    const changed = await given(ask.putSettings({ config: { agents, limits } }))
    expect(changed).toMatchObject({ source: 'database', config: { limits } })
    const ids = (await given(ask.listAgents({}))).map(({ id }) => id)
    expect(ids).toContain('late')
  })

  it('of a file are locked', async () => {
    await open()
    const { config, source } = await given(ask.getSettings({}))
    expect(source).toBe('file')
    expect(await codeOf(ask.putSettings({ config }))).toBe('settings_locked')
  })
})

describe('a Save that is stopped', () => {
  it('leaves the session at its rest and the target where it was', async () => {
    await open({ project: { checks: [{ name: 'works', run: '[ ! -f slow ] || sleep 600' }] } })
    const id = await begin([task('a', 'echo a > a.txt')])
    await world.rest(id)
    world.write('slow', '')
    world.git('add', '-A')
    world.git('commit', '-qm', 'slow from here on')
    const at = world.git('rev-parse', 'main')
    const checking = new Promise<void>((resolve) => {
      const stop = localFeed(world.parts.events).follow(
        world.parts.events.read.events.last(),
        ({ type }) => {
          if (type !== 'check.started') return
          stop()
          resolve()
        },
      )
    })
    const saving = ask.saveCheckpoint({ session: id })
    await checking
    expect((await given(ask.suspendSession({ session: id }))).state).toBe('awaiting_review')
    expect(await codeOf(saving)).toBe('interrupted')
    expect(world.git('rev-parse', 'main')).toBe(at)
  })
})

describe('the status', () => {
  it('tells version, newest event and what could not be read', async () => {
    await open()
    await given(ask.addProject({ path: world.repo }))
    const { version, lastEvent, damage } = await given(ask.getStatus({}))
    expect([version, damage]).toEqual(['1', []])
    expect(lastEvent).toBe(world.parts.events.read.events.last())
  })
})
