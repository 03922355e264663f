import {
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import type { WorkFolder } from '../checkout/work-folder.ts'
import type { UserRepository } from '../repository.ts'
import { indexPath } from './read-index.ts'

/**
 * Puts a new index in place, flushed, in one step, while the lock is held. The index that was there
 * keeps a name in the work folder, and so does the new one, so that both are known again.
 */
export function putIndex(repository: UserRepository, work: WorkFolder, bytes: Buffer): void {
  const place = indexPath(repository)
  writeFlushed(work.indexDraft, bytes)
  nameTwice(place, work.indexBefore)
  nameTwice(work.indexDraft, work.indexPlaced)
  renameSync(work.indexDraft, place)
}

function writeFlushed(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'w')
  try {
    writeSync(descriptor, bytes)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function nameTwice(from: string, to: string): void {
  rmSync(to, { force: true })
  try {
    linkSync(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    // A file system without hard links; anything else fails here, too.
    copyFileSync(from, to)
  }
}
