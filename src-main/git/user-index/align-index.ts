import { existsSync, readFileSync, renameSync } from 'node:fs'
import type { Change, Side } from '../checkout/changes.ts'
import type { WorkFolder } from '../checkout/work-folder.ts'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import { editIndex } from './edit-index.ts'
import { findEntry } from './index-file.ts'
import { putIndex } from './put-index.ts'
import { indexPath, readIndex } from './read-index.ts'

export interface Alignment {
  git: Git
  repository: UserRepository
  work: WorkFolder
  /** Each path with the side that its entry may have and the side that it shall have. */
  changes: readonly Change[]
  /** True when what was there before is to return. */
  backwards: boolean
}

/**
 * Brings entries that are at the old side of a change to its new side; every other entry is the user's
 * and stays. The lock must be held. Where our own index still stands untouched, the one that was there
 * before returns whole.
 */
export async function alignIndex(alignment: Alignment): Promise<void> {
  const { git, repository, work, changes, backwards } = alignment
  const place = indexPath(repository)
  if (backwards && isSameContent(place, work.indexPlaced) && existsSync(work.indexBefore)) {
    renameSync(work.indexBefore, place)
    return
  }
  const { file, seconds } = await readIndex(git, repository)
  const due = changes.filter(({ path, old }) => isEntry(findEntry(file, path), old))
  if (due.length === 0) return
  const edits = due.map(({ path, new: entry }) => (entry ? { path, entry } : { path }))
  putIndex(repository, work, editIndex(file, edits, seconds))
}

function isEntry(entry: Side | undefined, side: Side | undefined): boolean {
  if (!entry || !side) return entry === undefined && side === undefined
  return entry.mode === side.mode && entry.oid === side.oid
}

function isSameContent(a: string, b: string): boolean {
  return existsSync(a) && existsSync(b) && readFileSync(a).equals(readFileSync(b))
}
