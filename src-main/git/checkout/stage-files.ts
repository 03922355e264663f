import { type BigIntStats, chmodSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import { buildIndex } from '../user-index/edit-index.ts'
import { findEntry, type IndexFile, pathsNamed } from '../user-index/index-file.ts'
import { type Change, isFile, LINK, type Side } from './changes.ts'
import { placeOf, type RawPath, rawPath } from './raw-path.ts'
import { assertSafePath } from './safe-path.ts'

export interface Staging {
  git: Git
  repository: UserRepository
  /** The origin checkout's index: attributes that do not change are read from it. */
  index: IndexFile
  changes: readonly Change[]
  /** Folder that receives the files, empty; and the file of an index of their own. */
  into: { files: string; index: string }
  /** An object folder that has what the user's repository may lack. */
  objects: string
}

/** A file that is ready to take its place. */
export interface StagedFile {
  place: Buffer
  /** What it is; its place is new, so nobody else writes to it. */
  stat: BigIntStats
  /** It holds the target of a link, to be made at the link's place. */
  isLink: boolean
}

// Below this many files a second process takes longer to start than it saves.
const SHARE = 64
// Writing files is the disk's work as much as the processor's; more processes only wait for it.
const MOST = Math.min(availableParallelism(), 4)

/**
 * Writes the files of the new side of the changes into flat folders, as the user's configuration and the
 * new attributes would have them (git-checkout-index(1), --temp). Touches nothing of the user's.
 */
export async function stageFiles(staging: Staging): Promise<Map<RawPath, StagedFile>> {
  const { attributes, others } = entriesOf(staging)
  const parts = Math.min(MOST, Math.max(1, Math.ceil(others.length / SHARE)))
  const size = Math.ceil(others.length / parts)
  const shares = await Promise.all(
    Array.from({ length: parts }, (_, n) => {
      const files = join(staging.into.files, String(n))
      mkdirSync(files)
      const into = { files, index: `${staging.into.index}-${n}` }
      const share = others.slice(n * size, (n + 1) * size)
      return stageShare({ ...staging, into }, [...attributes, ...share])
    }),
  )
  return new Map(shares.flatMap((share) => [...share]))
}

type Entry = Side & { path: RawPath }

async function stageShare(
  staging: Staging,
  entries: readonly Entry[],
): Promise<Map<RawPath, StagedFile>> {
  const { repository, into, changes } = staging
  const files = new Map<RawPath, StagedFile>()
  if (entries.length === 0) return files
  const output = await checkOut(staging, entries, ['--temp', '-z'])
  // git makes these readable to the owner alone; a new file beside them shows what the user's mask allows.
  const plain = lstatSync(into.index).mode & 0o666
  const modes = new Map(changes.map(({ path, new: side }) => [path, side?.mode ?? 0]))
  for (const line of rawPath(output).split('\0')) {
    const tab = line.indexOf('\t')
    const path = line.slice(tab + 1)
    const mode = modes.get(path)
    if (tab === -1 || !mode) continue
    const place = placeOf(into.files, line.slice(0, tab))
    const isLink = mode === LINK && repository.core.symlinks
    if (!isLink) chmodSync(place, mode & 0o100 ? plain | ((plain & 0o444) >> 2) : plain)
    files.set(path, { place, isLink, stat: lstatSync(place, { bigint: true }) })
  }
  return files
}

/** The same files in their folders, links as links: to compare with. */
export async function stageTree(staging: Staging): Promise<void> {
  const { attributes, others } = entriesOf(staging)
  const entries = [...attributes, ...others]
  if (entries.length > 0) await checkOut(staging, entries, ['--quiet'])
}

async function checkOut(
  { git, repository, into, objects }: Staging,
  entries: readonly Entry[],
  options: readonly string[],
): Promise<Buffer> {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))
  writeFileSync(into.index, buildIndex(sorted, repository.objectFormat))
  const place = { ...repository.place, workTree: into.files, indexFile: into.index }
  const { stdout } = await git.run(place, ['checkout-index', '--all', ...options], {
    env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(objects) },
  })
  return stdout
}

/** What changes, and all attributes that apply afterwards: git reads those from the same index. */
function entriesOf({ index, changes }: Staging): { attributes: Entry[]; others: Entry[] } {
  const changed = new Set(changes.map(({ path }) => path))
  const staying = pathsNamed(index, ATTRIBUTES)
    .filter((path) => !changed.has(path))
    .flatMap((path): Entry[] => {
      const entry = findEntry(index, path)
      return entry && isFile(entry) ? [{ path, mode: entry.mode, oid: entry.oid }] : []
    })
  const arriving: Entry[] = []
  for (const { path, new: side } of changes) {
    if (!isFile(side)) continue
    assertSafePath(path)
    arriving.push({ path, ...side })
  }
  const isAttributes = ({ path }: Entry) => path === ATTRIBUTES || path.endsWith(`/${ATTRIBUTES}`)
  return {
    attributes: [...staying, ...arriving.filter(isAttributes)],
    others: arriving.filter((entry) => !isAttributes(entry)),
  }
}

const ATTRIBUTES = '.gitattributes'

/** git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES: a list, in which a name with the separator is quoted. */
export const quoted = (path: string): string => (/[:;"]/.test(path) ? JSON.stringify(path) : path)
