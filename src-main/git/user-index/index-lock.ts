import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The lock of an index, held by us so that no git command of the user writes it meanwhile. */
export interface IndexLock {
  path: string
  release(): void
}

/**
 * Takes `<index>.lock` as git does, by exclusive creation. It appears with its text already in it:
 * whoever finds it after a crash sees whose it is. Nothing is returned when somebody holds it.
 */
export function takeIndexLock(gitDir: string, owner: string): IndexLock | undefined {
  const path = lockPath(gitDir)
  const draft = join(gitDir, `index.lock.${owner}`)
  try {
    writeFileSync(draft, textOf(owner), { flag: 'w' })
    linkOrCreate(draft, path, owner)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return heldLock(gitDir, owner)
}

/** The lock that an earlier process of ours left behind under this owner's name, or nothing. */
export function findIndexLock(gitDir: string, owner: string): IndexLock | undefined {
  rmSync(join(gitDir, `index.lock.${owner}`), { force: true })
  return readLock(lockPath(gitDir)) === textOf(owner) ? heldLock(gitDir, owner) : undefined
}

/** True when anybody holds the index. */
export const isIndexLocked = (gitDir: string): boolean => readLock(lockPath(gitDir)) !== undefined

export const lockPath = (gitDir: string): string => join(gitDir, 'index.lock')

const textOf = (owner: string): string => `held by Thalogos for ${owner}\n`

function linkOrCreate(draft: string, path: string, owner: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
    // A file system without hard links.
    writeFileSync(path, textOf(owner), { flag: 'wx' })
  }
}

function heldLock(gitDir: string, owner: string): IndexLock {
  const path = lockPath(gitDir)
  return {
    path,
    release() {
      if (readLock(path) === textOf(owner)) rmSync(path)
    },
  }
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
