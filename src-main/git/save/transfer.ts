import { join } from 'node:path'
import { quoted } from '../checkout/stage-files.ts'
import type { Mirror } from '../mirror.ts'
import { copyLoose } from './loose-object.ts'

// git-config(1), core.fsync: objects, packs and refs are on the disk before anything names them.
export const FLUSHED = { 'core.fsync': 'all' }

/** What the user's repository lacks: objects that were made here, or a part of history. */
export type StoreRequest = { loose: readonly string[] } | PackRequest

interface PackRequest {
  /** Commits and tags that are stored, with what they reach. */
  tips: readonly string[]
  /** Commits that the user's repository has, with all they reach. */
  known: readonly string[]
}

/** Stores what is lacking in the user's repository, flushed; no ref, no FETCH_HEAD, no remote is touched. */
export async function storeObjects(mirror: Mirror, request: StoreRequest): Promise<void> {
  if ('loose' in request) copyLoose(mirror, request.loose)
  else await storePack(mirror, request)
}

/**
 * One pack that the user's own git writes with the mirror's objects at hand (git-pack-objects(1)): it is
 * on the disk several times sooner than as many single objects.
 */
async function storePack(mirror: Mirror, { tips, known }: PackRequest): Promise<void> {
  const { git, repository } = mirror
  const pack = join(repository.commonDir, 'objects', 'pack', 'pack')
  await git.run(
    { profile: 'user', gitDir: repository.gitDir },
    ['pack-objects', '--revs', '-q', '--delta-base-offset', pack],
    {
      stdin: [...tips, ...known.map((commit) => `^${commit}`), ''].join('\n'),
      config: { ...FLUSHED, 'pack.threads': '1', 'pack.packSizeLimit': '0' },
      env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(join(mirror.dir, 'objects')) },
    },
  )
}
