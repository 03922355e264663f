import { constants, type Stats } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, readlink, realpath, symlink } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, relative, resolve, sep } from 'node:path'

/**
 * Copies `paths` (files or folders, relative) from the user's checkout into a worktree, by reflink
 * where the disk can. What is missing is skipped, what is already there stays (a tracked file is the
 * commit's). No link is followed: one that stays inside is copied as a link, any other is left out.
 */
export async function copyPaths(from: string, to: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const clean = relative('/', resolve('/', normalize(path)))
    if (clean === '' || clean.split(sep).some((name) => name.toLowerCase() === '.git')) continue
    if (!(await isBelow(from, dirname(join(from, clean))))) continue
    if (!(await makeFolders(to, dirname(clean)))) continue
    await copyEntry({ from, to }, clean)
  }
}

interface Roots {
  from: string
  to: string
}

async function copyEntry(roots: Roots, path: string): Promise<void> {
  const source = join(roots.from, path)
  const target = join(roots.to, path)
  const info = await lstatOf(source)
  if (!info) return
  if (info.isSymbolicLink()) await copyLink(roots, path)
  else if (info.isFile()) await copyOne(source, target)
  else if (info.isDirectory()) {
    if (!(await makeFolders(roots.to, path))) return
    for (const name of await readdir(source)) {
      if (name.toLowerCase() !== '.git') await copyEntry(roots, join(path, name))
    }
  }
}

async function copyOne(source: string, target: string): Promise<void> {
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
}

async function copyLink({ from, to }: Roots, path: string): Promise<void> {
  const target = await readlink(join(from, path))
  const reached = resolve(from, dirname(path), target)
  if (isAbsolute(target) || (reached !== from && !reached.startsWith(from + sep))) return
  try {
    await symlink(target, join(to, path))
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
}

/** Makes the folders of `path` below `root`; false when a file or a link is in the way. */
async function makeFolders(root: string, path: string): Promise<boolean> {
  let folder = root
  for (const name of path.split(sep)) {
    if (name === '' || name === '.') continue
    folder = join(folder, name)
    const info = await lstatOf(folder)
    if (info && !info.isDirectory()) return false
    if (!info) await mkdir(folder)
  }
  return true
}

async function isBelow(root: string, folder: string): Promise<boolean> {
  try {
    const real = await realpath(folder)
    const top = await realpath(root)
    return real === top || real.startsWith(top + sep)
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return false
    throw error
  }
}

async function lstatOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

const isCode = (error: unknown, code: string): boolean =>
  (error as NodeJS.ErrnoException).code === code
