import { constants, type Dirent } from 'node:fs'
import { copyFile, link, mkdir, readlink, rm, symlink } from 'node:fs/promises'
import { placeOf, type RawPath } from '../checkout/raw-path.ts'
import { entriesOf, isSpecial, pathIn } from '../worktree/folder-entries.ts'
import { isRepositoryName, type Survey } from './survey.ts'

export interface Shadowed {
  /** The folder in which git must not be let loose. */
  dir: string
  survey: Survey
  /** Paths that are not wanted there either. */
  without?: readonly RawPath[]
  /** Where the shadow is made; removed before and after. */
  shadow: string
}

// As many file operations at once as libuv's threads can be kept busy with.
const AT_ONCE = 64

/**
 * Lends `work` a folder beside a hostile one that has its plain files (hard links, copies where the disk
 * has none) and links, without any `.git`, any special file and what git ignores.
 */
export async function withShadow<T>(
  shadowed: Shadowed,
  work: (dir: string) => Promise<T>,
): Promise<T> {
  const { shadow } = shadowed
  await rm(shadow, { recursive: true, force: true })
  try {
    await mkdir(shadow, { recursive: true, mode: 0o700 })
    await fill(shadowed)
    return await work(shadow)
  } finally {
    await rm(shadow, { recursive: true, force: true })
  }
}

async function fill(shadowed: Shadowed): Promise<void> {
  const { ignored, traps } = shadowed.survey
  const without = new Set([...ignored, ...traps, ...(shadowed.without ?? [])])
  const folders: RawPath[] = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let waiting: Promise<void>[] = []
    for await (const { entry, path } of plainEntries(shadowed.dir, folder)) {
      if (without.has(path)) continue
      if (entry.isDirectory()) folders.push(path)
      waiting.push(put(shadowed, entry, path))
      if (waiting.length < AT_ONCE) continue
      await Promise.all(waiting)
      waiting = []
    }
    await Promise.all(waiting)
  }
}

async function* plainEntries(dir: string, folder: RawPath) {
  for await (const entry of entriesOf(dir, folder)) {
    if (entry === undefined || isSpecial(entry)) continue
    const path = pathIn(folder, entry)
    if (!isRepositoryName(path)) yield { entry, path }
  }
}

async function put({ dir, shadow }: Shadowed, entry: Dirent<Buffer>, path: RawPath): Promise<void> {
  const from = placeOf(dir, path)
  const to = placeOf(shadow, path)
  try {
    if (entry.isDirectory()) await mkdir(to)
    else if (entry.isSymbolicLink()) await symlink(await readlink(from, { encoding: 'buffer' }), to)
    else await linkOrCopy(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Gone, replaced, without rights or too deep by now: what cannot be read is passed over.
    const passed = ['ENOENT', 'ENOTDIR', 'EINVAL', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'EEXIST']
    if (!passed.includes(code ?? '')) throw error
  }
}

async function linkOrCopy(from: Buffer, to: Buffer): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  }
}
