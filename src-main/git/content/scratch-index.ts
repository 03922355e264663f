import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, rename, rm, stat, utimes } from 'node:fs/promises'
import type { Mirror } from '../mirror.ts'
import { type ContentPlace, contentPlace, type Worktree } from '../worktree/worktree.ts'

/** A copy of a worktree's index to work on, so that a killed git leaves no lock and no half-made state. */
export interface ScratchIndex {
  place: ContentPlace
  /** Makes it the worktree's index: what git learned about the files is known next time. */
  adopt(): Promise<void>
}

// A copy is younger than its original. Git compares that time with the files' to find changes made in
// the instant the index was written (racy-git(7)), so the copy must not look younger.
const RACY_MARGIN_MS = 2

/** Lends a scratch index of the worktree to `work` and removes it afterwards. */
export async function withScratchIndex<T>(
  mirror: Mirror,
  worktree: Worktree,
  work: (scratch: ScratchIndex) => Promise<T>,
): Promise<T> {
  const file = `${worktree.indexFile}.${randomBytes(6).toString('hex')}`
  const place = contentPlace(mirror, worktree.dir, file)
  try {
    await fill(mirror, worktree, file)
    return await work({ place, adopt: () => rename(file, worktree.indexFile) })
  } finally {
    await Promise.all([rm(file, { force: true }), rm(`${file}.lock`, { force: true })])
  }
}

async function fill(mirror: Mirror, worktree: Worktree, file: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(worktree.indexFile)
    await copyFile(worktree.indexFile, file, constants.COPYFILE_FICLONE)
    const time = (mtimeMs - RACY_MARGIN_MS) / 1_000
    await utimes(file, time, time)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // Lost: the tree says the same, only without knowing which files are unchanged.
    const place = contentPlace(mirror, worktree.dir, file)
    await mirror.git.run(place, ['read-tree', worktree.base], { config: mirror.config })
  }
}
