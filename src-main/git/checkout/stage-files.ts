import { chmodSync, lstatSync, writeFileSync } from 'node:fs'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import { type Change, isFile, LINK, type Side } from './changes.ts'
import { buildIndex } from './edit-index.ts'
import { findEntry, type IndexFile, pathsNamed } from './index-file.ts'
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
  /** It holds the target of a link, to be made at the link's place. */
  isLink: boolean
}

/**
 * Writes the files of the new side of the changes into one flat folder, as the user's configuration and
 * the new attributes would have them (git-checkout-index(1), --temp). Touches nothing of the user's.
 */
export async function stageFiles(staging: Staging): Promise<Map<RawPath, StagedFile>> {
  const { repository, into } = staging
  const files = new Map<RawPath, StagedFile>()
  const output = await checkOut(staging, ['--temp', '-z'])
  if (output.length === 0) return files
  // git makes these readable to the owner alone; a new file beside them shows what the user's mask allows.
  const plain = lstatSync(into.index).mode & 0o666
  const modes = new Map(staging.changes.map(({ path, new: side }) => [path, side?.mode ?? 0]))
  for (const line of rawPath(output).split('\0')) {
    const tab = line.indexOf('\t')
    const path = line.slice(tab + 1)
    const mode = modes.get(path)
    if (tab === -1 || !mode) continue
    const place = placeOf(into.files, line.slice(0, tab))
    const isLink = mode === LINK && repository.core.symlinks
    if (!isLink) chmodSync(place, mode & 0o100 ? plain | ((plain & 0o444) >> 2) : plain)
    files.set(path, { place, isLink })
  }
  return files
}

/** The same files in their folders, links as links: to compare with. */
export async function stageTree(staging: Staging): Promise<void> {
  await checkOut(staging, ['--quiet'])
}

/** Files of attributes that stay come along: git reads them from the index. */
async function checkOut(staging: Staging, options: readonly string[]): Promise<Buffer> {
  const { git, repository, into } = staging
  const entries = entriesOf(staging)
  if (entries.length === 0) return Buffer.alloc(0)
  writeFileSync(into.index, buildIndex(entries, repository.objectFormat))
  const place = { ...repository.place, workTree: into.files, indexFile: into.index }
  const { stdout } = await git.run(place, ['checkout-index', '--all', ...options], {
    env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(staging.objects) },
  })
  return stdout
}

function entriesOf({ index, changes }: Staging): (Side & { path: RawPath })[] {
  const entries = new Map<RawPath, Side>()
  const changed = new Set(changes.map(({ path }) => path))
  for (const path of pathsNamed(index, '.gitattributes')) {
    const entry = changed.has(path) ? undefined : findEntry(index, path)
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

/** git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES: a list, in which a name with the separator is quoted. */
export const quoted = (path: string): string => (/[:;"]/.test(path) ? JSON.stringify(path) : path)
