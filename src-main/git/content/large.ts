import { createHash } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { lstat, open, readFile } from 'node:fs/promises'
import type { Change, Side } from '../checkout/changes.ts'
import { placeOf, type RawPath } from '../checkout/raw-path.ts'
import type { Mirror } from '../mirror.ts'
import { inputOf } from '../pieces.ts'
import { findEntry, parseIndex, readStat, statOf } from '../user-index/index-file.ts'
import type { ContentPlace, Worktree } from '../worktree/worktree.ts'

/** design.md 5.8: a file over this needs a human's word. A tenth of what hosting services refuse. */
export const LARGE_BYTES = 10_000_000

/** A plain file over `LARGE_BYTES`, as the disk shows it; it was not opened. */
export interface LargeFile {
  path: RawPath
  stat: BigIntStats
}

/** One of them that is not as the index has it; `old` is what the index has. */
export interface ChangedLarge extends LargeFile {
  old?: Side
}

// Hashing this much takes about a millisecond.
const CHUNK_BYTES = 1_000_000

/**
 * Those of `large` whose content differs from the index, by path. Nothing is stored; what is read is no more than
 * what the index has at the same path in the same size.
 */
export async function findChangedLarge(
  mirror: Mirror,
  place: ContentPlace,
  large: readonly LargeFile[],
): Promise<ChangedLarge[]> {
  if (large.length === 0) return []
  const { objectFormat } = mirror.repository
  const index = await parseIndex(await readFile(place.indexFile), objectFormat)
  const changed: ChangedLarge[] = []
  const touched: (LargeFile & { old: Side })[] = []
  for (const file of large) {
    const entry = findEntry(index, file.path)
    if (!entry) changed.push(file)
    else if (!hasStat(readStat(index, entry), statOf(file.stat))) {
      touched.push({ ...file, old: { mode: entry.mode, oid: entry.oid } })
    }
  }
  const sizes = await objectSizes(
    mirror,
    touched.map(({ old }) => old.oid),
  )
  for (const [n, file] of touched.entries()) {
    const mayBeSame = BigInt(sizes[n] ?? -1) === file.stat.size
    if (!mayBeSame || !(await isBlob(place.workTree, file, objectFormat))) changed.push(file)
  }
  return changed.sort((a, b) => (a.path < b.path ? -1 : 1))
}

type Moment = Pick<ReturnType<typeof statOf>, 'mtime' | 'size'>

// The rest of it changes with the file's rights as well, and its content does not.
const hasStat = (a: Moment, b: Moment): boolean =>
  a.size === b.size && a.mtime[0] === b.mtime[0] && a.mtime[1] === b.mtime[1]

async function isBlob(
  dir: string,
  { path, stat, old }: LargeFile & { old: Side },
  format: string,
): Promise<boolean> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  try {
    await using file = await open(placeOf(dir, path), flags)
    if (!(await file.stat()).isFile()) return false
    const hash = createHash(format).update(`blob ${stat.size}\0`)
    const end = Number(stat.size) - 1
    const bytes = file.createReadStream({ end, highWaterMark: CHUNK_BYTES, autoClose: false })
    for await (const chunk of bytes) hash.update(chunk)
    return hash.digest('hex') === old.oid
  } catch {
    // Gone, replaced or without rights by now: whoever reads it next says so.
    return false
  }
}

/** The sizes of objects, in bytes, in the order of their ids. */
export async function objectSizes(mirror: Mirror, oids: readonly string[]): Promise<number[]> {
  if (oids.length === 0) return []
  const sizes = await mirror.git.text(mirror.place, ['cat-file', '--batch-check=%(objectsize)'], {
    stdin: await inputOf(oids, '\n'),
  })
  return sizes.split('\n').map(Number)
}

/** The changes with files that git has not been given yet; these have no id. In git's order. */
export function withLarge(changes: readonly Change[], large: readonly ChangedLarge[]): Change[] {
  if (large.length === 0) return [...changes]
  const byPath = new Map(changes.map((change) => [change.path, change]))
  for (const { path, old } of large) {
    const before = byPath.get(path) ?? { path, ...(old ? { old } : {}) }
    byPath.set(path, { ...before, new: { mode: PLAIN_FILE, oid: '' } })
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

const PLAIN_FILE = 0o100644

/** The same files as they are now; those that are gone or no plain file any more are left out. */
export async function lookAgain(
  { dir }: Worktree,
  large: readonly LargeFile[],
): Promise<LargeFile[]> {
  const found: LargeFile[] = []
  for (const { path } of large) {
    const stat = await lstat(placeOf(dir, path), { bigint: true }).catch(() => undefined)
    if (stat?.isFile()) found.push({ path, stat })
  }
  return found
}
