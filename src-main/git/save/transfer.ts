import type { Mirror } from '../mirror.ts'

// git's own limit (fetch.unpackLimit): below it loose objects, above it a pack.
const UNPACK_LIMIT = 100
// git-config(1), core.fsync: objects are on the disk before a ref names them. Many loose ones share a flush.
export const FLUSHED = { 'core.fsync': 'all' }

export interface PackRequest {
  /** Tips whose history is packed, commits and tags. */
  tips: readonly string[]
  /** Commits that the other side has, with all they reach. */
  known: readonly string[]
}

/** Packs what `tips` reach and `known` do not, out of the mirror. */
export async function packObjects(mirror: Mirror, { tips, known }: PackRequest): Promise<Buffer> {
  const { stdout } = await mirror.git.run(
    mirror.place,
    ['pack-objects', '--revs', '--thin', '--stdout', '-q', '--delta-base-offset', '--threads=1'],
    { stdin: [...tips, ...known.map((commit) => `^${commit}`), ''].join('\n') },
  )
  return stdout
}

/** Stores a pack's objects in the user's repository, flushed; no ref, no FETCH_HEAD, no remote is touched. */
export async function storePack({ git, repository }: Mirror, pack: Buffer): Promise<void> {
  const place = { profile: 'user', gitDir: repository.gitDir } as const
  // gitformat-pack(5): the number of objects in the header's last four bytes.
  if (pack.readUInt32BE(8) < UNPACK_LIMIT) {
    await git.run(place, ['unpack-objects', '-q'], {
      stdin: pack,
      config: { ...FLUSHED, 'core.fsyncMethod': 'batch' },
    })
  } else {
    await git.run(place, ['index-pack', '--stdin', '--fix-thin'], { stdin: pack, config: FLUSHED })
  }
}
