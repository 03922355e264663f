import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testGit } from '../fixture/open.ts'
import { createScratch, type Scratch } from '../fixture/raw-repository.ts'
import { readChanges, reversed } from './changes.ts'

describe('readChanges', () => {
  let scratch: Scratch
  beforeEach(() => {
    scratch = createScratch()
  })
  afterEach(() => scratch.remove())

  it('names every path with both sides, gitlinks included, and no renames', async () => {
    const root = scratch.repository({ 'a b': 'same\n', 'gone\n"': 'x', 'dir/kept': 'k' })
    const from = scratch.git(root, 'rev-parse', 'HEAD')
    scratch.git(root, 'mv', 'a b', 'dir/ü')
    scratch.git(root, 'rm', '-q', 'gone\n"')
    scratch.git(root, 'update-index', '--add', '--cacheinfo', `160000,${from},sub`)
    scratch.git(root, 'commit', '-q', '-m', 'second')
    const place = { profile: 'user', gitDir: `${root}/.git` } as const
    const git = await testGit()
    const changes = await readChanges({ git, place }, from, 'HEAD')
    const shown = changes.map(({ path, old, new: fresh }) => [
      Buffer.from(path, 'latin1').toString(),
      old?.mode.toString(8),
      fresh?.mode.toString(8),
    ])
    expect(shown).toEqual([
      ['a b', '100644', undefined],
      ['dir/ü', undefined, '100644'],
      ['gone\n"', '100644', undefined],
      ['sub', undefined, '160000'],
    ])
    expect(reversed(reversed(changes))).toEqual(changes)
    expect(await readChanges({ git, place }, 'HEAD', from)).toEqual(reversed(changes))
    expect(await readChanges({ git, place }, from, from)).toEqual([])
  })
})
