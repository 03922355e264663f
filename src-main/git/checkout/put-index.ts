import {
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import type { UserRepository } from '../repository.ts'
import {
  distrust,
  type IndexFile,
  isRacy,
  isSameFile,
  readStat,
  seal,
  statOf,
  writeChangeTime,
} from './index-file.ts'
import { placeOf, type RawPath } from './raw-path.ts'
import { indexPath } from './read-index.ts'
import type { WorkFolder } from './work-folder.ts'

/** An index that is about to replace the user's. */
export interface IndexDraft {
  file: IndexFile
  /** When the user's index was written, in whole seconds. */
  seconds: number
  /** Paths whose file was moved to its place after git wrote the draft. */
  arrived: Iterable<RawPath>
}

/**
 * Completes a draft so that git trusts exactly what it may: files that were only moved keep their entry,
 * with the inode's new time; entries that the user's index already had to doubt stay in doubt.
 */
export function completeIndex(repository: UserRepository, draft: IndexDraft): void {
  const { file, seconds } = draft
  const arrived = new Set(draft.arrived)
  for (const [path, entry] of file.entries) {
    if (!arrived.has(path) && isRacy(file, entry, seconds)) distrust(file, entry)
  }
  for (const path of arrived) {
    const entry = file.entries.get(path)
    const now = lstatSync(placeOf(repository.root, path), { bigint: true, throwIfNoEntry: false })
    // Edited since: the entry as it is makes git look.
    if (entry && now && isSameFile(readStat(file, entry), statOf(now))) {
      writeChangeTime(file, entry, statOf(now))
    }
  }
  seal(file, repository.objectFormat)
}

/**
 * Puts the draft in the place of the index, flushed, in one step, while the lock is held. The index that
 * was there keeps a name in the work folder, and so does the new one, so that both are known again.
 */
export function putIndex(repository: UserRepository, work: WorkFolder, file: IndexFile): void {
  writeFlushed(work.indexDraft, file.bytes)
  const place = indexPath(repository)
  nameTwice(place, work.indexBefore)
  nameTwice(work.indexDraft, work.indexPlaced)
  renameSync(work.indexDraft, place)
}

function writeFlushed(path: string, bytes: Buffer): void {
  writeFileSync(path, bytes)
  const descriptor = openSync(path, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function nameTwice(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    // A file system without hard links; anything else fails here, too.
    copyFileSync(from, to)
  }
}
