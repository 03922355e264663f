import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fail, ok } from '../../base/index.ts'
import { createSaveScene, memoryJournal, type SaveScene } from '../fixture/save-scene.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { recoverJournal } from './recover.ts'
import {
  type RestoreRequest,
  type RewindRequest,
  restoreCheckpoint,
  rewindTarget,
} from './rollback.ts'

const INTEGRATION = 'refs/heads/session/s1/integration'

describe('rolling back', () => {
  let scene: SaveScene
  let ours: Set<string>
  let first: string
  let second: string
  beforeEach(async () => {
    scene = await createSaveScene()
    first = scene.work({ 'a.txt': 'one\n', 'new/one.txt': '1\n' })
    second = scene.work({ 'a.txt': 'two\n', 'b/c.txt': undefined }, first)
    ours = new Set([first, second])
    expect((await saveCheckpoint(scene.mirror, scene.request(first))).ok).toBe(true)
    const more = scene.request(second, { from: first, n: 2 })
    expect((await saveCheckpoint(scene.mirror, more)).ok).toBe(true)
  })
  afterEach(() => scene.scratch.remove())

  const mirrorGit = (...args: string[]) => scene.scratch.git(scene.mirror.dir, ...args)
  const common = (commit: string) => ({
    journal: memoryJournal(),
    session: 's1',
    target: 'main',
    checkpoint: { n: 0, commit },
    n: 3,
    tagMessage: 'Checkpoint 3\n',
    isOurs: (one: string) => ours.has(one),
  })
  const restoring = (commit: string, more: Partial<RestoreRequest> = {}): RestoreRequest => ({
    ...common(commit),
    includeForeign: false,
    message: 'Restore\n\nSession: s1\n',
    integrate: (to) => {
      const move = { ref: INTEGRATION, from: mirrorGit('rev-parse', INTEGRATION), to }
      return Promise.resolve(ok(move))
    },
    ...more,
  })
  const rewinding = (commit: string, more: Partial<RewindRequest> = {}): RewindRequest => ({
    ...common(commit),
    integration: { ref: INTEGRATION, head: mirrorGit('rev-parse', INTEGRATION) },
    ...more,
  })
  const commitOwn = (name: string) => {
    writeFileSync(join(scene.root, name), 'mine\n')
    scene.git('add', name)
    scene.git('commit', '-q', '-m', `add ${name}`)
    return scene.git('rev-parse', 'HEAD')
  }

  it.each(['base', 'first'] as const)(
    'restores the content of %s as a new checkpoint on top',
    async (which) => {
      const commit = which === 'base' ? scene.base : first
      const restored = await restoreCheckpoint(scene.mirror, restoring(commit))
      expect(restored).toMatchObject({ ok: true, value: { tag: 'thalogos/s1/3' } })
      const head = scene.git('rev-parse', 'main')
      expect(scene.git('rev-parse', 'main^', 'main^{tree}')).toBe(
        `${second}\n${scene.git('rev-parse', `${commit}^{tree}`)}`,
      )
      expect(scene.git('rev-parse', 'thalogos/s1/3^{commit}')).toBe(head)
      expect(mirrorGit('rev-parse', INTEGRATION)).toBe(head)
      expect(scene.git('log', '-1', '--format=%an|%cn|%(trailers:key=Session,valueonly)')).toBe(
        'Thalogos|Ada User|s1',
      )
      expect(scene.git('status', '--porcelain')).toBe('')
      expect(existsSync(join(scene.root, 'new/one.txt'))).toBe(which === 'first')
      expect(readFileSync(join(scene.root, 'b/c.txt'), 'utf8')).toBe('c\n')
      expect(scene.git('fsck', '--strict', '--no-dangling')).toBe('')
    },
  )

  it('restores where refs are packed, and refuses a target that is a folder of branches', async () => {
    scene.git('branch', 'topic/one')
    scene.git('pack-refs', '--all')
    expect((await restoreCheckpoint(scene.mirror, restoring(scene.base))).ok).toBe(true)
    expect(scene.git('status', '--porcelain')).toBe('')
    scene.git('branch', 'topic/two')
    const refused = await restoreCheckpoint(scene.mirror, restoring(first, { target: 'topic' }))
    expect(refused).toMatchObject({ ok: false, error: { code: 'target_missing' } })
  })

  it('lists commits of others that a restore would undo, and undoes them only on demand', async () => {
    const mine = commitOwn('mine.txt')
    const before = scene.print()
    const refused = await restoreCheckpoint(scene.mirror, restoring(first))
    expect(refused).toMatchObject({
      ok: false,
      error: {
        code: 'rollback_foreign',
        details: {
          total: 1,
          commits: [{ commit: mine, author: 'Ada User', subject: 'add mine.txt' }],
        },
      },
    })
    expect(scene.print()).toEqual(before)
    const restored = await restoreCheckpoint(
      scene.mirror,
      restoring(first, { includeForeign: true }),
    )
    expect(restored.ok).toBe(true)
    expect(scene.git('rev-parse', 'main^')).toBe(mine)
    expect(scene.git('status', '--porcelain')).toBe('')
    expect(existsSync(join(scene.root, 'mine.txt'))).toBe(false)
  })

  it('refuses what would change nothing', async () => {
    const before = scene.print()
    for (const refused of [
      await restoreCheckpoint(scene.mirror, restoring(second)),
      await rewindTarget(scene.mirror, rewinding(second)),
    ]) {
      expect(refused).toMatchObject({ ok: false, error: { code: 'rollback_nothing' } })
    }
    expect(await restoreCheckpoint(scene.mirror, restoring(first, { target: 'no' }))).toMatchObject(
      {
        ok: false,
        error: { code: 'target_missing' },
      },
    )
    expect(scene.print()).toEqual(before)
  })

  it('passes on that integration conflicts, and moves nothing', async () => {
    const before = scene.print()
    const integrate = () => Promise.resolve(fail('rollback_conflict', 'in a.txt'))
    const refused = await restoreCheckpoint(scene.mirror, restoring(first, { integrate }))
    expect(refused).toMatchObject({ ok: false, error: { code: 'rollback_conflict' } })
    expect(scene.print()).toEqual(before)
    expect(mirrorGit('rev-parse', INTEGRATION)).toBe(second)
  })

  it('keeps the rules of Save for the working tree', async () => {
    writeFileSync(join(scene.root, 'b'), 'in the way')
    const before = scene.print()
    for (const refused of [
      await restoreCheckpoint(scene.mirror, restoring(first)),
      await rewindTarget(scene.mirror, rewinding(first)),
    ]) {
      expect(refused).toMatchObject({ ok: false, error: { code: 'files_in_the_way' } })
    }
    expect(scene.print()).toEqual(before)
    expect(mirrorGit('for-each-ref', 'refs/thalogos')).toBe('')
  })

  it('rewinds target and integration and keeps both old heads', async () => {
    const unsaved = scene.work({ 'later.txt': 'x\n' }, second)
    const rewound = await rewindTarget(scene.mirror, rewinding(first))
    expect(rewound).toMatchObject({ ok: true, value: { commit: first, tag: 'thalogos/s1/3' } })
    expect(scene.git('rev-parse', 'main', 'thalogos/s1/3^{commit}')).toBe(`${first}\n${first}`)
    const backup = 'refs/thalogos/backup/s1/3'
    expect(scene.git('rev-parse', `${backup}/target`)).toBe(second)
    expect(mirrorGit('rev-parse', `${backup}/target`, `${backup}/integration`, INTEGRATION)).toBe(
      `${second}\n${unsaved}\n${first}`,
    )
    expect(scene.git('status', '--porcelain')).toBe('')
    expect(readFileSync(join(scene.root, 'a.txt'), 'utf8')).toBe('one\n')
    expect(scene.git('fsck', '--strict', '--no-dangling')).toBe('')
  })

  it('refuses to rewind over commits of others', async () => {
    commitOwn('mine.txt')
    const before = scene.print()
    const refused = await rewindTarget(scene.mirror, rewinding(first))
    expect(refused).toMatchObject({ ok: false, error: { code: 'rollback_foreign' } })
    expect(scene.print()).toEqual(before)
  })

  it('restores a checkpoint that the user’s history lost, and never rewinds to it', async () => {
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.invalid']
    const aside = mirrorGit(...identity, 'commit-tree', '-m', 'aside', `${first}^{tree}`)
    const refused = await rewindTarget(scene.mirror, rewinding(aside))
    expect(refused).toMatchObject({ ok: false, error: { code: 'rollback_foreign' } })
    const restored = await restoreCheckpoint(
      scene.mirror,
      restoring(aside, { includeForeign: true }),
    )
    expect(restored.ok).toBe(true)
    expect(readFileSync(join(scene.root, 'a.txt'), 'utf8')).toBe('one\n')
    expect(scene.git('status', '--porcelain')).toBe('')
  })

  it('refuses to rewind what any remote-tracking branch contains', async () => {
    const far = join(scene.scratch.dir, 'far.git')
    scene.git('clone', '-q', '--bare', '.', far)
    scene.git('remote', 'add', 'far', far)
    scene.git('push', '-q', 'far', 'main:refs/heads/release')
    const before = scene.print()
    const refused = await rewindTarget(scene.mirror, rewinding(first))
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'rollback_published', details: { commits: [second], total: 1 } },
    })
    expect(scene.print()).toEqual(before)
    scene.git('update-ref', 'refs/remotes/far/release', first)
    expect((await rewindTarget(scene.mirror, rewinding(first))).ok).toBe(true)
  })

  it('lets integration follow at the next start when a crash came between', async () => {
    const request = rewinding(first, {
      step(name) {
        if (name === 'kept') throw new Error('crash')
      },
    })
    await expect(rewindTarget(scene.mirror, request)).rejects.toThrow('crash')
    expect(mirrorGit('rev-parse', INTEGRATION)).toBe(second)
    const recovered = await recoverJournal(scene.mirror, request.journal)
    expect(recovered).toMatchObject([
      { outcome: 'finished', kind: 'rewind', checkpoint: { n: 3, commit: first } },
    ])
    expect(mirrorGit('rev-parse', INTEGRATION)).toBe(first)
    expect(scene.git('status', '--porcelain')).toBe('')
    expect(await recoverJournal(scene.mirror, request.journal)).toMatchObject([
      { outcome: 'finished' },
    ])
  })
})
