import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parentsOf, placeOf, type RawPath, rawPath, shownPath } from '../checkout/raw-path.ts'
import type { Mirror } from '../mirror.ts'
import { copyPaths } from './copy-paths.ts'
import { isRealFolder } from './folder-entries.ts'
import { pathsOf, strangersIn } from './strangers.ts'
import { contentPlace, indexFileOf } from './worktree.ts'

/** Which tree a verify worktree is to hold. */
export interface VerifyContent {
  dir: string
  tree: string
  /** Paths that stay though the tree does not have them, such as installed dependencies. */
  keep: readonly string[]
  /** Paths to copy from the user's checkout, as into a task's worktree. */
  copy: readonly string[]
}

/**
 * Makes a folder hold exactly a tree: changed and missing files are written, everything else is removed,
 * ignored files, pipes, repositories and a `.git` included, but `keep`. Files that are right already are
 * not touched, so that tools which look at times stay fast. Belongs to the host, but what runs in it is
 * the agent's: a folder that is none any more, or cannot be put right, is set aside and begun anew,
 * without what was kept.
 */
export async function fillVerifyWorktree(mirror: Mirror, content: VerifyContent): Promise<void> {
  const { dir } = content
  if (await isRealFolder(dir)) {
    try {
      return await fill(mirror, content)
    } catch (error) {
      // A new folder would need even more room.
      if (['ENOSPC', 'EDQUOT'].includes(codeOf(error))) throw error
    }
  }
  await setAside(dir)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await fill(mirror, content)
}

async function fill(mirror: Mirror, { dir, tree, keep, copy }: VerifyContent): Promise<void> {
  const place = contentPlace(mirror, dir, indexFileOf(dir))
  const { git, config } = mirror
  // A git that was killed may have left it; nothing else works with this index.
  await rm(`${indexFileOf(dir)}.lock`, { force: true })
  // First, or git reads what a check left there: a pipe for a `.gitignore` holds it up.
  await removeStrangers(mirror, { dir, tree, keep })
  await git.run(place, ['read-tree', '--reset', tree], { config })
  await git.run(place, ['checkout-index', '--all', '--force', '-u', '--quiet'], { config })
  await copyPaths(mirror.repository.root, dir, copy)
}

// By hand and not by `git clean`: that passes over pipes, and looks into whatever calls itself a repository.
async function removeStrangers(
  mirror: Mirror,
  { dir, tree, keep }: { dir: string; tree: string; keep: readonly string[] },
): Promise<void> {
  const paths = await pathsOf(mirror, tree)
  // Their folders are emptied, whatever stands in their place; git makes them again.
  paths.gitlinks.clear()
  const kept = new Set(keep.map(plainPath))
  for (const path of kept) for (const folder of parentsOf(path)) paths.folders.add(folder)
  for await (const { path, entry } of strangersIn(dir, paths)) {
    if (!kept.has(path)) await remove(dir, path, entry.isDirectory())
  }
}

const plainPath = (path: string): RawPath =>
  rawPath(Buffer.from(path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '')))

async function remove(dir: string, path: RawPath, isFolder: boolean): Promise<void> {
  const place = placeOf(dir, path)
  try {
    await rm(place, { recursive: true, force: true })
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(codeOf(error))) throw error
    // Tools write-protect what they unpack (Go's module cache does); without the right it cannot go.
    await chmod(join(dir, dirname(shownPath(path))), 0o700)
    if (isFolder) await unprotect(place.toString('utf8'))
    await rm(place, { recursive: true, force: true })
  }
}

async function unprotect(folder: string): Promise<void> {
  await chmod(folder, 0o700)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await unprotect(join(folder, entry.name))
  }
}

/** Renaming always works, and never follows a link. What can be deleted of it then is. */
async function setAside(dir: string): Promise<void> {
  await rm(indexFileOf(dir), { force: true })
  const aside = `${dir}.aside-${randomBytes(4).toString('hex')}`
  try {
    await rename(dir, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  try {
    if ((await lstat(aside)).isDirectory()) await unprotect(aside)
    await rm(aside, { recursive: true, force: true })
  } catch {
    // A path too long for the system, say. It is in nobody's way where it is now.
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code)
