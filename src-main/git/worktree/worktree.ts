import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
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
 * hooks, stash or locks with anyone.
 */
export async function createWorktree(
  mirror: Mirror,
  options: { dir: string; branch: string; commit: string; copy?: readonly string[] },
): Promise<Worktree> {
  const { dir, branch, commit, copy = [] } = options
  const worktree = openWorktree(mirror, { dir, branch, base: commit })
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 })
  await mkdir(dir, { recursive: true, mode: 0o700 })
  // What stands there may be somebody's work; the caller moves it to the trash first.
  if ((await readdir(dir)).length > 0) throw new Error(`${dir} is not empty`)
  await rm(worktree.indexFile, { force: true })
  await rm(lastSnapshotOf(worktree), { force: true })
  const [moved] = await Promise.all([
    updateRefs(mirror, [{ ref: `refs/heads/${branch}`, to: commit }]),
    layOutClone(mirror, worktree),
    fill(mirror, { dir, indexFile: worktree.indexFile, tree: commit }),
  ])
  if (!moved.ok) throw new Error(moved.error.message)
  await copyFile(worktree.indexFile, join(dir, '.git', 'index'))
  await copyPaths(mirror.repository.root, dir, copy)
  return worktree
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

/** The place in which the host works on a folder's content: the mirror's git dir, an index of ours. */
export function contentPlace(mirror: Mirror, dir: string, indexFile: string): Place {
  return { ...mirror.place, workTree: dir, indexFile }
}

/** The note of what was kept last, beside the index. */
export const lastSnapshotOf = (worktree: Worktree): string => `${worktree.indexFile}.snapshot`

export const indexFileOf = (dir: string): string => `${dir}.index`

async function fill(
  mirror: Mirror,
  { dir, indexFile, tree }: { dir: string; indexFile: string; tree: string },
): Promise<void> {
  await mirror.git.run(contentPlace(mirror, dir, indexFile), ['read-tree', '-u', '-m', tree], {
    config: mirror.config,
  })
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
