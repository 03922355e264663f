import { join } from 'node:path'
import { quoted } from '../checkout/stage-files.ts'
import type { Mirror } from '../mirror.ts'

// git-config(1), core.fsync: objects, packs and refs are on the disk before anything names them.
export const FLUSHED = { 'core.fsync': 'all' }

export interface PackRequest {
  /** Commits and tags that are stored. */
  tips: readonly string[]
  /** Commits that the user's repository has, with all they reach; or everything but the tips themselves. */
  known: readonly string[] | 'all else'
}

/**
 * Stores what `tips` reach and `known` does not in the user's repository, as one flushed pack that its own
 * git writes with the mirror's objects at hand (git-pack-objects(1)): no ref, no FETCH_HEAD and no remote
 * is touched, and one pack is on the disk several times sooner than as many single objects.
 */
export async function storeObjects(mirror: Mirror, { tips, known }: PackRequest): Promise<void> {
  const { git, repository } = mirror
  const pack = join(repository.commonDir, 'objects', 'pack', 'pack')
  await git.run(
    { profile: 'user', gitDir: repository.gitDir },
    [
      'pack-objects',
      ...(known === 'all else' ? [] : ['--revs']),
      '-q',
      '--delta-base-offset',
      pack,
    ],
    {
      stdin: [...tips, ...(known === 'all else' ? [] : known.map(not)), ''].join('\n'),
      config: { ...FLUSHED, 'pack.threads': '1', 'pack.packSizeLimit': '0' },
      env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(join(mirror.dir, 'objects')) },
    },
  )
}

const not = (commit: string): string => `^${commit}`
