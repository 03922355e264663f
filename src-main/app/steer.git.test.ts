import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Session } from '../../src-shared/contract/index.ts'
import { createWorld, shellTask, type World } from './fixture/world.ts'

let world: World
afterEach(async () => {
  await world.close()
  expect(world.errors).toEqual([])
})

const AGENTS = new Set(['shell'])
const newTask = (prompt: string, more: object = {}) => ({
  ...shellTask('unused', prompt),
  needs: [],
  files: [],
  kind: 'implement' as const,
  ...more,
})
const codeOf = (outcome: { ok: boolean; error?: { code: string } }) =>
  outcome.ok ? 'ok' : outcome.error?.code
const task = (session: Session | undefined, key: string) =>
  session?.tasks.find((one) => one.key === key)

async function draft(tasks: object[]): Promise<string> {
  const plan = { tasks: tasks as never }
  const opened = await world.parts.sessions.open({ repo: world.repo, goal: 'g', plan, trust: true })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value.session.id
}

describe('the plan of a draft', () => {
  it('is edited until the session starts, and then is its tasks', async () => {
    world = await createWorld()
    const id = await draft([shellTask('old', 'exit 9')])
    expect(world.parts.sessions.get(id)).toMatchObject({ state: 'draft', tasks: [] })
    const edit = (tasks: object[]) => world.parts.sessions.editPlan(id, { tasks: tasks as never })
    expect(codeOf(await edit([shellTask('x', 'true', { needs: ['y'] })]))).toBe('plan_unknown_need')
    expect(codeOf(await edit([shellTask('x', 'true', { agent: 'nobody' })]))).toBe('agent_unknown')
    expect(world.parts.sessions.get(id)?.plan?.tasks.map((one) => one.id)).toEqual(['old'])
    expect(codeOf(await edit([shellTask('new', 'echo n > n.txt')]))).toBe('ok')
    await world.restart()
    expect(codeOf(await world.parts.sessions.start(id))).toBe('ok')
    const session = await world.rest(id)
    expect(session.tasks.map(({ key, state }) => [key, state])).toEqual([['new', 'integrated']])
    expect(session.plan).toBeUndefined()
    expect(codeOf(await edit([shellTask('late', 'true')]))).toBe('illegal_move')
    const said = world.parts.events.since(0, { sessionId: id })
    expect(said.filter(({ type }) => type === 'plan.proposed')).toHaveLength(2)
    const created = said.find((event) => event.type === 'task.created')
    expect(created?.data).toMatchObject({ task: { key: 'new', title: 'Task new' } })
  })
})

describe('steering', () => {
  it('adds a task to a session that rests, which goes on with it', async () => {
    world = await createWorld()
    const { id } = await world.work([shellTask('a', 'echo a > a.txt')])
    const { tasks } = world.parts
    const bad = { needs: ['nobody'] }
    expect(codeOf(tasks.delegate(id, newTask('true', bad), AGENTS))).toBe('plan_unknown_need')
    const stranger = newTask('true', { agent: 'x' })
    expect(codeOf(tasks.delegate(id, stranger, AGENTS))).toBe('agent_unknown')
    const added = tasks.delegate(id, newTask('cat a.txt > b.txt', { needs: ['a'] }), AGENTS)
    expect(added).toMatchObject({ ok: true, value: { key: 't1', state: 'planned' } })
    const session = await world.rest(id)
    expect(session.tasks.map(({ key, state }) => [key, state])).toEqual([
      ['a', 'integrated'],
      ['t1', 'integrated'],
    ])
  })

  it('stops a run for a word, and it goes on with it', async () => {
    world = await createWorld()
    // The shell reads its script from the prompt: the user's word stands quoted behind it.
    const prompt = '[ -e began ] && { rm began; echo x > a.txt; } || { touch began; sleep 600; }'
    const id = await draft([shellTask('a', prompt)])
    await world.parts.sessions.start(id)
    const dir = () =>
      join(world.dataDir, 'worktrees', id, world.parts.sessions.get(id)?.tasks[0]?.id ?? '')
    while (!existsSync(join(dir(), 'began'))) await sleep(10)
    const taskId = world.parts.sessions.get(id)?.tasks[0]?.id ?? ''
    const told = await world.parts.tasks.tell(taskId, { text: 'be quick', now: true })
    expect(told).toMatchObject({ ok: true, value: { author: 'user', text: 'be quick', taskId } })
    const session = await world.rest(id)
    expect(task(session, 'a')).toMatchObject({ state: 'integrated' })
    expect(task(session, 'a')?.runs.map(({ cause }) => cause)).toEqual(['first', 'interrupted'])
    expect(codeOf(await world.parts.tasks.tell(taskId, { text: 'late', now: false }))).toBe(
      'illegal_move',
    )
  })

  it('sends integrated work back as a task that mends it, and failed work as a retry', async () => {
    world = await createWorld()
    const { id, tasks } = await world.work([
      shellTask('a', 'echo a > a.txt'),
      shellTask('f', 'exit 3'),
    ])
    const [a, f] = tasks.map((one) => one.id)
    const { review } = world.parts.tasks
    const comments = [{ path: 'a.txt', line: 1, text: 'say b' }]
    expect(codeOf(review(a ?? '', { decision: 'send_back', comments: [] }))).toBe('request_invalid')
    expect(codeOf(review(f ?? '', { decision: 'approve', comments: [] }))).toBe('illegal_move')
    const revised = review(a ?? '', { decision: 'send_back', comments })
    if (!revised.ok) throw new Error(revised.error.message)
    expect(revised.value).toMatchObject({
      key: 't1',
      title: 'Revise: Task a',
      needs: ['a'],
      kind: 'fix',
    })
    expect(revised.value.prompt).toContain('- a.txt:1: say b')
    const again = review(f ?? '', { decision: 'send_back', comments: [{ text: 'once more' }] })
    expect(again).toMatchObject({ ok: true, value: { id: f, state: 'queued' } })
    const session = await world.rest(id)
    expect(task(session, 'a')?.review).toMatchObject({ decision: 'send_back', comments })
    expect(world.parts.events.read.messages.byTask(f ?? '').map(({ text }) => text)).toEqual([
      '- once more',
    ])
    expect(codeOf(review(a ?? '', { decision: 'approve', comments: [] }))).toBe('ok')
  })
})

describe('a protected target', () => {
  const project = { checks: [{ name: 'c', run: 'true' }], policy: { review: ['main'] } }
  const save = (sessionId: string) =>
    world.parts.sessions.save({ sessionId, allowUnchecked: false })

  it('is saved only after exactly this move was allowed', async () => {
    world = await createWorld({ project })
    const { id } = await world.work([shellTask('a', 'echo a > a.txt')])
    const preview = await world.parts.sessions.preview(id)
    expect(preview).toMatchObject({
      ok: true,
      value: {
        target: 'main',
        refusal: { code: 'save_needs_approval' },
        files: [{ path: 'a.txt' }],
      },
    })
    const head = world.git('rev-parse', 'main')
    const refused = await save(id)
    expect(refused).toMatchObject({ ok: false, error: { code: 'save_needs_approval' } })
    // Asked once, however often it is tried.
    expect((await save(id)).ok).toBe(false)
    const [approval, ...more] = world.parts.events.read.approvals.open(id)
    expect(more).toEqual([])
    world.parts.tasks.decide(approval?.id ?? '', { decision: 'deny' })
    expect(codeOf(await save(id))).toBe('save_needs_approval')
    expect(world.git('rev-parse', 'main')).toBe(head)
    const [again] = world.parts.events.read.approvals.open(id)
    world.parts.tasks.decide(again?.id ?? '', { decision: 'allow' })
    expect(codeOf(await save(id))).toBe('ok')
    expect(world.git('show', 'main:a.txt')).toBe('a')
    const back = { sessionId: id, checkpoint: 0, mode: 'restore', includeForeign: false } as const
    expect(codeOf(await world.parts.sessions.rollBack(back))).toBe('save_needs_approval')
    const [third] = world.parts.events.read.approvals.open(id)
    world.parts.tasks.decide(third?.id ?? '', { decision: 'allow' })
    expect(codeOf(await world.parts.sessions.rollBack(back))).toBe('ok')
  })
})

describe('a preview of Save', () => {
  it('says what would move and with which evidence', async () => {
    world = await createWorld({ project: { checks: [{ name: 'c', run: 'true' }] } })
    const { id, integration } = await world.work([shellTask('a', 'echo a > a.txt')])
    const preview = await world.parts.sessions.preview(id)
    if (!preview.ok) throw new Error(preview.error.message)
    const { value } = preview
    expect(value.to).toBe(integration.head)
    expect(value.from).toBe(world.git('rev-parse', 'main'))
    expect(value.commits.map(({ task: key }) => key)).toEqual(['a'])
    expect(value.evidence).toMatchObject([{ check: 'c', exitCode: 0 }])
    expect(value.refusal).toBeUndefined()
    world.write('a.txt', 'in the way')
    const refused = await world.parts.sessions.preview(id)
    expect(refused).toMatchObject({ value: { refusal: { code: 'files_in_the_way' } } })
    expect(world.read('a.txt')).toBe('in the way')
  })

  it('has nothing to save where nothing is integrated, and says when work is unchecked', async () => {
    world = await createWorld()
    const none = await draft([shellTask('a', 'true')])
    expect(await world.parts.sessions.preview(none)).toMatchObject({
      value: { refusal: { code: 'save_nothing' }, commits: [], files: [] },
    })
    const { id } = await world.work([shellTask('a', 'echo a > a.txt')], { goal: 'other' })
    expect(await world.parts.sessions.preview(id)).toMatchObject({
      value: { refusal: { code: 'save_unchecked' } },
    })
  })

  it('ends a session with the Save that finalizes it, once nothing is unfinished', async () => {
    world = await createWorld({ project: { checks: [{ name: 'c', run: 'true' }] } })
    const { id } = await world.work([shellTask('a', 'echo a > a.txt')])
    const request = { sessionId: id, allowUnchecked: false, finalize: true }
    expect(codeOf(await world.parts.sessions.save(request))).toBe('ok')
    expect(world.parts.sessions.get(id)?.state).toBe('finalized')
  })
})
