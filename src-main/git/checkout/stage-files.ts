import { writeFileSync } from 'node:fs'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import { type Change, isFile, type Side } from './changes.ts'
import { buildIndex } from './edit-index.ts'
import { findEntry, type IndexFile } from './index-file.ts'
import type { RawPath } from './raw-path.ts'
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

/**
 * Writes the files of the new side of the changes into a folder of their own, as the user's
 * configuration and the new attributes would have them (git-checkout-index(1)). Files of attributes that
 * stay come along. Touches nothing of the user's.
 */
export async function stageFiles(staging: Staging): Promise<void> {
  const { git, repository, into } = staging
  const entries = entriesOf(staging)
  if (entries.length === 0) return
  writeFileSync(into.index, buildIndex(entries, repository.objectFormat))
  const place = { ...repository.place, workTree: into.files, indexFile: into.index }
  await git.run(place, ['checkout-index', '--all', '--quiet'], {
    env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(staging.objects) },
  })
}

function entriesOf({ index, changes }: Staging): (Side & { path: RawPath })[] {
  const entries = new Map<RawPath, Side>()
  const changed = new Set(changes.map(({ path }) => path))
  for (const path of index.paths) {
    const entry = isAttributes(path) && !changed.has(path) ? findEntry(index, path) : undefined
    if (entry && isFile(entry)) entries.set(path, entry)
  }
  for (const { path, new: side } of changes) {
    if (!isFile(side)) continue
    assertSafePath(path)
    entries.set(path, side)
  }
  return [...entries]
    .map(([path, { mode, oid }]) => ({ path, mode, oid }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

const isAttributes = (path: RawPath): boolean =>
  path.endsWith('.gitattributes') && (path === '.gitattributes' || path.endsWith('/.gitattributes'))

/** git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES: a list, in which a name with the separator is quoted. */
export const quoted = (path: string): string => (/[:;"]/.test(path) ? JSON.stringify(path) : path)
