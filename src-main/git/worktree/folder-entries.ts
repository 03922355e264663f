import type { Dirent } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { placeOf, type RawPath, rawPath } from '../checkout/raw-path.ts'

// One answer of the system; a folder may hold hundreds of thousands.
const ENTRIES = 1_024

/** True when the worktree's folder is still the folder that the host made, and no link put in its place. */
export async function isRealFolder(dir: string): Promise<boolean> {
  try {
    return (await lstat(dir)).isDirectory()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** The entries of a folder, as they come; nothing when it is gone, `undefined` once when it cannot be read. */
export async function* entriesOf(
  dir: string,
  folder: RawPath,
): AsyncGenerator<Dirent<Buffer> | undefined> {
  const place = folder === '' ? Buffer.from(dir) : placeOf(dir, folder)
  try {
    // Typed for text only; `buffer` is documented for the names of fs.readdir, and the same code serves both.
    const encoding = 'buffer' as BufferEncoding
    const entries = await opendir(place, { encoding, bufferSize: ENTRIES })
    for await (const entry of entries) yield entry as unknown as Dirent<Buffer>
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (['EACCES', 'EPERM', 'ENAMETOOLONG', 'ELOOP'].includes(code ?? '')) yield undefined
    // Gone while we looked: an agent may still be at work when a snapshot is taken.
    else if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
  }
}

export const isSpecial = (entry: Dirent<Buffer>): boolean =>
  !entry.isDirectory() && !entry.isFile() && !entry.isSymbolicLink()

/** The path of an entry of a folder. */
export const pathIn = (folder: RawPath, entry: Dirent<Buffer>): RawPath =>
  folder === '' ? rawPath(entry.name) : `${folder}/${rawPath(entry.name)}`
