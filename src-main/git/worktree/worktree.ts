import { copyFile, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Place } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import { updateRefs } from '../refs.ts'
import { copyPaths } from './copy-paths.ts'
import { layOutClone } from './private-clone.ts'

/** A task's folder: a private clone for its agent, of which only the content matters to the host. */
export interface Worktree {
  dir: string
  /** The host's own index of that content, beside the folder and never in it. */
  indexFile: string
  /** Short name of the task's branch in the mirror (`refs/heads/<branch>`). */
  branch: string
  /** The commit it was filled from. */
  base: string
}

/** What names a worktree; `branch` is short. */
export interface WorktreeName {
  dir: string
  branch: string
  base: string
}

/** The worktree of that name; does no work. Its index file is derived from its folder. */
export function openWorktree(_mirror: Mirror, { dir, branch, base }: WorktreeName): Worktree {
  return { dir, indexFile: indexFileOf(dir), branch, base }
}

/**
 * Makes a worktree: sets the branch in the mirror to `commit`, fills `dir` (it must not exist or be
 * empty) from it, puts a private clone around it whose HEAD is that branch, and copies the `copy` paths
 * of the user's checkout. The clone borrows the mirror's objects, knows no remote, shares no config,
 * hooks, stash or locks with anyone. It is made aside and renamed at the end: what stands at `dir` is
 * whole. One call at a time for one `dir`.
 */
export async function createWorktree(
  mirror: Mirror,
  options: { dir: string; branch: string; commit: string; copy?: readonly string[] },
): Promise<Worktree> {
  const { dir, branch, commit, copy = [] } = options
  const worktree = openWorktree(mirror, { dir, branch, base: commit })
  const making = `${dir}.making`
  await clearPlace(worktree, making)
  await mkdir(making, { recursive: true, mode: 0o700 })
  // All of them ended, whatever one of them did: nothing may still write there when the caller tries again.
  const ended = await Promise.allSettled([
    setBranch(mirror, branch, commit),
    layOutClone(mirror, { dir: making, branch, base: commit }),
    fill(mirror, { dir: making, indexFile: worktree.indexFile, tree: commit }),
  ])
  for (const end of ended) if (end.status === 'rejected') throw end.reason
  await copyFile(worktree.indexFile, join(making, '.git', 'index'))
  await copyPaths(mirror.repository.root, making, copy)
  await rename(making, dir)
  return worktree
}

/** Leaves nothing at the worktree's place or of an earlier try; what holds something is not touched. */
async function clearPlace(worktree: Worktree, making: string): Promise<void> {
  const { dir, indexFile } = worktree
  await mkdir(dir, { recursive: true, mode: 0o700 })
  // What stands there may be somebody's work; the caller moves it to the trash first.
  if ((await readdir(dir)).length > 0) throw new Error(`${dir} is not empty`)
  await rmdir(dir)
  const leftovers = [
    making,
    indexFile,
    `${indexFile}.lock`,
    lastSnapshotOf(worktree),
    shadowOf(worktree),
  ]
  await Promise.all(leftovers.map((path) => rm(path, { recursive: true, force: true })))
}

/**
 * Moves a worktree with all that is in it, ignored files and the private clone included, below
 * `trashDir` and returns where it is now; its index goes with it.
 */
export async function trashWorktree(worktree: Worktree, trashDir: string): Promise<string> {
  await mkdir(trashDir, { recursive: true, mode: 0o700 })
  const to = join(trashDir, `${basename(worktree.dir)}-${Date.now().toString(36)}`)
  await rename(worktree.dir, to)
  await renameIfThere(worktree.indexFile, indexFileOf(to))
  return to
}

export interface ContentPlace extends Place {
  workTree: string
  indexFile: string
}

/** The place in which the host works on a folder's content: the mirror's git dir, an index of ours. */
export function contentPlace(mirror: Mirror, dir: string, indexFile: string): ContentPlace {
  return { ...mirror.place, workTree: dir, indexFile }
}

/** The note of what was kept last, beside the index. */
export const lastSnapshotOf = (worktree: Worktree): string => `${worktree.indexFile}.snapshot`

/** Where the plain files of a hostile worktree are laid out for git. */
export const shadowOf = (worktree: Worktree): string => `${worktree.indexFile}.shadow`

export const indexFileOf = (dir: string): string => `${dir}.index`

async function fill(
  mirror: Mirror,
  { dir, indexFile, tree }: { dir: string; indexFile: string; tree: string },
): Promise<void> {
  await mirror.git.run(contentPlace(mirror, dir, indexFile), ['read-tree', '-u', '-m', tree], {
    config: mirror.config,
  })
}

async function setBranch(mirror: Mirror, branch: string, commit: string): Promise<void> {
  const set = await updateRefs(mirror, [{ ref: `refs/heads/${branch}`, to: commit }])
  if (!set.ok) throw new Error(set.error.message)
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
