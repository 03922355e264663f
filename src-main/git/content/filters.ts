import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { type Change, isFile, LINK } from '../checkout/changes.ts'
import { type RawPath, rawPath } from '../checkout/raw-path.ts'
import type { Place } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import { inputOf, piecesOf } from '../pieces.ts'

// `<path> NUL <attribute> NUL <value> NUL` (git-check-attr(1), "Output").
const FIELDS = 3

/** A changed file that a content filter looks after. */
export interface Filtered {
  path: RawPath
  filter: string
}

/**
 * Finds changed files under a `filter` attribute (LFS, git-crypt and the like), by the attributes of the
 * base and of the new tree: what stands in the worktree is not what such a file holds in git, since the
 * host runs no filter. Deleting one needs none.
 */
export async function findFiltered(
  mirror: Mirror,
  place: Place,
  { base, changes }: { base: string; changes: readonly Change[] },
): Promise<Filtered[]> {
  const paths = changes
    .filter((change) => isFile(change.new) && change.new.mode !== LINK)
    .map((change) => change.path)
  if (paths.length === 0) return []
  const found = await filteredBy(mirror, place, paths)
  const attributesChanged = changes.some(({ path }) => /(^|\/)\.gitattributes$/i.test(path))
  if (!attributesChanged) return found
  const indexFile = `${place.indexFile}.${randomBytes(4).toString('hex')}`
  try {
    const before: Place = { ...place, indexFile }
    await mirror.git.run(before, ['read-tree', base])
    return [...found, ...(await filteredBy(mirror, before, paths))]
  } finally {
    await rm(indexFile, { force: true })
  }
}

async function filteredBy(
  mirror: Mirror,
  place: Place,
  paths: readonly RawPath[],
): Promise<Filtered[]> {
  // --cached: the attributes of the index, not those that stand in the folder by now.
  const { stdout } = await mirror.git.run(
    place,
    ['check-attr', '-z', '--stdin', '--cached', 'filter'],
    {
      stdin: await inputOf(paths, '\0'),
      config: mirror.config,
    },
  )
  const found: Filtered[] = []
  for await (const piece of piecesOf(stdout, FIELDS)) {
    const fields = rawPath(piece).split('\0')
    for (let at = 0; at + 2 < fields.length; at += FIELDS) {
      const filter = fields[at + 2] ?? ''
      // A filter that is only "set" has no name and so no driver.
      if (['unspecified', 'unset', 'set'].includes(filter)) continue
      found.push({ path: fields[at] ?? '', filter })
    }
  }
  return found
}
