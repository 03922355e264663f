import { afterEach, describe, expect, it } from 'vitest'
import type { Session } from '../../src-shared/contract/index.ts'
import { createWorld, shellTask as task, type World, type WorldOptions } from './fixture/world.ts'

let world: World
afterEach(() => world.close())

const CHECKED = { checks: [{ name: 'good', run: 'mkdir -p src; ! grep -rn BAD src' }] }

/** A world with one integrated task that added src/a.txt. */
async function integrated(options: WorldOptions = { project: CHECKED }): Promise<Session> {
  world = await createWorld(options)
  return await world.work([task('a', 'mkdir -p src; echo a > src/a.txt')])
}
const save = (session: Session, more: { allowUnchecked?: boolean; message?: string } = {}) =>
  world.parts.sessions.save({ sessionId: session.id, allowUnchecked: false, ...more })
const codeOf = (result: { ok: true } | { ok: false; error: { code: string } }) =>
  result.ok ? 'ok' : result.error.code
const rollBack = (session: Session, checkpoint: number, more: object = {}) =>
  world.parts.sessions.rollBack({
    sessionId: session.id,
    checkpoint,
    mode: 'restore',
    includeForeign: false,
    ...more,
  })

describe('Save', () => {
  it('moves the target, the files and the tag together, with the evidence in the tag', async () => {
    const session = await integrated()
    const saved = await save(session, { message: 'The first' })
    const tag = `thalogos/${session.id}/1`
    expect(saved).toMatchObject({ ok: true, value: { n: 1, tag, message: 'The first' } })
    expect(world.git('rev-parse', 'main')).toBe(world.git('rev-parse', `${tag}^{commit}`))
    expect(world.git('cat-file', '-t', tag)).toBe('tag')
    expect(world.git('tag', '-l', '--format=%(contents)', tag)).toContain('good green on')
    expect(world.read('src/a.txt')).toBe('a\n')
    expect(world.git('status', '--porcelain')).toBe('')
    expect(saved.ok && saved.value.evidence.map(({ check }) => check)).toEqual(['good'])
    expect(world.parts.events.read.journal.open()).toEqual([])
  })

  it('keeps the state of the session; finalize ends it, and only when nothing is unfinished', async () => {
    const session = await integrated()
    await save(session)
    expect(world.parts.sessions.get(session.id)?.state).toBe('awaiting_review')
    expect(world.parts.sessions.finalize(session.id).ok).toBe(true)
    expect(codeOf(world.parts.sessions.finalize(session.id))).toBe('illegal_move')
  })

  it('refuses a second time when there is nothing new', async () => {
    const session = await integrated()
    await save(session)
    expect(codeOf(await save(session))).toBe('save_nothing')
  })

  it('says unchecked and asks, where there are no checks', async () => {
    const session = await integrated({})
    const before = world.git('rev-parse', 'main')
    expect(codeOf(await save(session))).toBe('save_unchecked')
    expect(world.git('rev-parse', 'main')).toBe(before)
    expect(codeOf(await save(session, { allowUnchecked: true }))).toBe('ok')
    expect(world.git('tag', '-l', '--format=%(contents)')).toContain('Evidence: unchecked')
  })

  it('merges and verifies first what the user committed meanwhile, so that it is a fast-forward', async () => {
    const session = await integrated()
    world.write('mine.txt', 'mine\n')
    world.git('add', '-A')
    world.git('commit', '-qm', 'meanwhile')
    const mine = world.git('rev-parse', 'main')
    expect(codeOf(await save(session))).toBe('ok')
    expect(world.git('merge-base', mine, 'main')).toBe(mine)
    expect(world.read('mine.txt')).toBe('mine\n')
    expect(world.read('src/a.txt')).toBe('a\n')
  })

  it('refuses when the merge with the target is red, and leaves the target alone', async () => {
    const session = await integrated()
    world.write('src/b.txt', 'BAD\n')
    world.git('add', '-A')
    world.git('commit', '-qm', 'meanwhile')
    const mine = world.git('rev-parse', 'main')
    const refused = await save(session)
    expect(codeOf(refused)).toBe('save_checks_failed')
    expect(world.git('rev-parse', 'main')).toBe(mine)
    const events = world.parts.events.since(0, { sessionId: session.id })
    expect(events.at(-1)).toMatchObject({ type: 'save.refused' })
  })

  it('refuses when the target conflicts with the integrated work, and names the files', async () => {
    const session = await integrated()
    world.write('src/a.txt', 'mine\n')
    world.git('add', '-A')
    world.git('commit', '-qm', 'meanwhile')
    const refused = await save(session)
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'save_target_conflict', details: { files: ['src/a.txt'] } },
    })
  })

  it('refuses to write over an ignored file, and names it', async () => {
    world = await createWorld()
    const session = await world.work([
      task(
        'a',
        'mkdir ignored; echo x > ignored/x; git add -f ignored/x; echo "" > .gitignore; echo > y',
      ),
    ])
    world.write('ignored/x', 'mine\n')
    const refused = await save(session, { allowUnchecked: true })
    expect(codeOf(refused)).toBe('files_in_the_way')
    expect(world.read('ignored/x')).toBe('mine\n')
  })

  it('goes on after a save: the next task builds on it and a second checkpoint follows', async () => {
    const session = await integrated()
    await save(session)
    const again = await world.parts.sessions.open({
      repo: world.repo,
      goal: 'Another',
      plan: { tasks: [task('b', 'cat src/a.txt > src/b.txt')] },
      trust: true,
    })
    if (!again.ok) throw new Error(again.error.message)
    await world.parts.sessions.start(again.value.session.id)
    const rested = await world.rest(again.value.session.id)
    expect(codeOf(await save(rested))).toBe('ok')
    expect(world.read('src/b.txt')).toBe('a\n')
    expect(world.git('tag', '-l').split('\n')).toHaveLength(2)
  })
})

describe('a Save that a start finished', () => {
  it('is told by the same request once, before that request means new work', async () => {
    const session = await integrated()
    await save(session)
    const plan = { tasks: [task('a', 'mkdir -p src; echo a > src/a.txt')] }
    const again = async () => {
      const opened = await world.parts.sessions.open({
        repo: world.repo,
        goal: session.goal,
        plan,
        trust: true,
      })
      if (!opened.ok) throw new Error(opened.error.message)
      return opened.value
    }
    world.parts.events.commit((_tables, emit) =>
      emit({
        type: 'session.recovered',
        actor: 'orchestrator',
        sessionId: session.id,
        data: { found: [] },
      }),
    )
    expect((await again()).session.id).toBe(session.id)
    await world.parts.sessions.start(session.id)
    expect(codeOf(await save(await world.rest(session.id)))).toBe('save_nothing')
    expect((await again()).resumed).toBe(false)
  })
})

describe('Roll back', () => {
  it('restores checkpoint 0 as a new checkpoint and keeps the history', async () => {
    const session = await integrated()
    await save(session)
    const saved = world.git('rev-parse', 'main')
    const back = await rollBack(session, 0)
    expect(back).toMatchObject({ ok: true, value: { n: 2, restores: 0 } })
    expect(world.git('merge-base', saved, 'main')).toBe(saved)
    expect(world.git('diff', '--name-only', `${saved}~1`, 'main')).toBe('')
    expect(world.git('status', '--porcelain')).toBe('')
    const { integration } = world.parts.sessions.get(session.id) ?? session
    expect(integration.head).toBe(world.git('rev-parse', 'main'))
  })

  it('restores forward again: nothing is destroyed', async () => {
    const session = await integrated()
    await save(session)
    await rollBack(session, 0)
    expect(codeOf(await rollBack(session, 1))).toBe('ok')
    expect(world.read('src/a.txt')).toBe('a\n')
  })

  it('lists commits of the user that it would undo, unless told to include them', async () => {
    const session = await integrated()
    await save(session)
    world.write('mine.txt', 'mine\n')
    world.git('add', '-A')
    world.git('commit', '-qm', 'mine')
    expect(codeOf(await rollBack(session, 0))).toBe('rollback_foreign')
    expect(world.read('mine.txt')).toBe('mine\n')
    expect(codeOf(await rollBack(session, 0, { includeForeign: true }))).toBe('ok')
    expect(world.git('ls-files')).not.toContain('mine.txt')
  })

  it('rewinds the branch and keeps both old heads', async () => {
    const session = await integrated()
    await save(session)
    const saved = world.git('rev-parse', 'main')
    expect(codeOf(await rollBack(session, 0, { mode: 'rewind' }))).toBe('ok')
    expect(world.git('rev-parse', 'main')).toBe(world.git('rev-parse', `${saved}~1`))
    expect(world.git('for-each-ref', '--contains', saved, '--format=%(refname)')).toContain(
      `refs/thalogos/backup/${session.id}/2/target`,
    )
    expect(world.parts.sessions.get(session.id)?.checkpoints.at(-1)).toMatchObject({
      n: 2,
      restores: 0,
    })
  })

  it('takes no commit of the user for its own by rewinding to it', async () => {
    const session = await integrated()
    await save(session)
    await rollBack(session, 0, { mode: 'rewind' })
    const base = world.git('rev-parse', 'main')
    expect(world.parts.events.read.commits.get(base)).toBeUndefined()
  })

  it.each([
    ['an unknown checkpoint', 7, 'checkpoint_unknown'],
    ['the content it already has', 1, 'rollback_nothing'],
  ])('refuses %s', async (_what, checkpoint, code) => {
    const session = await integrated()
    await save(session)
    expect(codeOf(await rollBack(session, checkpoint))).toBe(code)
  })

  it('refuses to rewind while tasks are unfinished, and what a remote already has', async () => {
    const session = await integrated()
    await save(session)
    world.git('update-ref', 'refs/remotes/origin/main', 'main')
    expect(codeOf(await rollBack(session, 0, { mode: 'rewind' }))).toBe('rollback_published')
    world.parts.events.commit((tables) =>
      tables.tasks.update(session.tasks[0]?.id ?? '', { state: 'conflicted' }),
    )
    expect(codeOf(await rollBack(session, 0, { mode: 'rewind' }))).toBe('session_unfinished')
  })
})
