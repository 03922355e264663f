import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mirrorOf } from '../fixture/open.ts'
import { createScratch, type Scratch } from '../fixture/raw-repository.ts'
import { asCodex } from '../fixture/task.ts'
import { refresh } from '../mirror.ts'
import { lineage } from './lineage.ts'

let scratch: Scratch
beforeEach(() => {
  scratch = createScratch()
})
afterEach(() => scratch.remove())

describe('lineage', () => {
  it('gives the session’s commits with their trailers, its branches and its tags', async () => {
    const root = scratch.repository()
    const base = scratch.git(root, 'rev-parse', 'HEAD')
    const mirror = await mirrorOf(scratch, root)
    const make = (message: string, ...parents: string[]) =>
      scratch.git(
        mirror.dir,
        'commit-tree',
        ...parents.flatMap((parent) => ['-p', parent]),
        ...['-m', message, `${base}^{tree}`],
      )
    const one = make(asCodex.message.trimEnd(), base)
    const forged = make('x\u0001\u001f y\n\nTask: forged\n\nbody', base)
    const merged = make('merge', one, forged)
    scratch.git(mirror.dir, 'update-ref', 'refs/heads/session/s1/integration', merged)
    scratch.git(mirror.dir, 'update-ref', 'refs/heads/session/s1/task/t1', one)
    scratch.git(mirror.dir, 'update-ref', 'refs/heads/session/s10/task/t1', make('other', base))
    scratch.git(root, 'fetch', '-q', mirror.dir, merged)
    scratch.git(root, 'tag', '-a', '-m', 'saved', 'thalogos/s1/1', merged)
    scratch.git(root, 'tag', 'thalogos/s10/1', base)
    await refresh(mirror)
    const found = await lineage(mirror, { session: 's1', base, target: 'main' })
    expect(found.commits.map((commit) => commit.id)).toEqual(
      expect.arrayContaining([merged, one, forged]),
    )
    expect(found.commits).toHaveLength(3)
    expect(found.commits[0]).toMatchObject({ id: merged, parents: [one, forged], subject: 'merge' })
    expect(found.commits.find((commit) => commit.id === one)).toMatchObject({
      session: 's1',
      task: 't1',
      agent: 'codex',
      author: { name: 'Ada User', email: 'ada@example.invalid' },
    })
    expect(found.commits.find((commit) => commit.id === forged)?.task).toBeUndefined()
    expect(found.branches).toEqual([
      { name: 'session/s1/integration', commit: merged },
      { name: 'session/s1/task/t1', commit: one },
    ])
    expect(found.tags).toEqual([{ name: 'thalogos/s1/1', commit: merged }])
  })

  it('is empty for a session that has done nothing', async () => {
    const root = scratch.repository()
    const mirror = await mirrorOf(scratch, root)
    const base = scratch.git(root, 'rev-parse', 'HEAD')
    const nothing = { commits: [], branches: [], tags: [] }
    expect(await lineage(mirror, { session: 's1', base })).toEqual(nothing)
    expect(await lineage(mirror, { session: 's1', base, target: 'main' })).toEqual(nothing)
  })
})
