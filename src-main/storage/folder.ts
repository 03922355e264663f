import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { type Failure, fail, type Log, ok, type Result } from '../base/index.ts'
import { codeOf } from './failure.ts'

// Prompts, transcripts and tokens stand in the data folder: nobody else reads it, whatever the umask.
export const FOLDER_MODE = 0o700
export const FILE_MODE = 0o600
const OTHERS = 0o077
const OTHERS_WRITE = 0o002

/**
 * Makes the data folder, or takes one that exists. A folder that anybody may write (`/tmp`) is refused;
 * one that holds other things keeps its mode, since it is not ours to close.
 */
export function prepareFolder(
  dir: string,
  isOurs: (names: readonly string[]) => boolean,
  log: Log,
): Result<void, Failure<'data_folder_unusable'>> {
  if (!existsSync(dir)) {
    makePrivateFolder(dir)
    return ok(undefined)
  }
  const { mode } = statSync(dir)
  if ((mode & OTHERS_WRITE) !== 0) {
    return fail('data_folder_unusable', `everybody may write to ${dir}: name a folder of your own`)
  }
  const names = readdirSync(dir)
  if (names.length === 0 || isOurs(names)) chmodSync(dir, FOLDER_MODE)
  else if ((mode & OTHERS) !== 0) log.warn('left the data folder open to others', { dir })
  return ok(undefined)
}

/**
 * Makes `dir` and what is missing above it, readable by the user alone. Step by step, since Node 24's own
 * recursive mkdir never returns where the parent exists and yet nothing can be made, as below `/proc`.
 */
export function makePrivateFolder(dir: string): void {
  if (existsSync(dir)) return
  const above = dirname(dir)
  if (above !== dir) makePrivateFolder(above)
  try {
    mkdirSync(dir, { mode: FOLDER_MODE })
  } catch (error) {
    // Another process that begins at the same moment made it.
    if (codeOf(error) !== 'EEXIST') throw error
  }
  chmodSync(dir, FOLDER_MODE)
  syncFolder(above)
}

/**
 * Makes an empty file of the user alone where there is none, and corrects the mode where there is one.
 * An existing file is never opened: closing it again would drop this process's locks on it (fcntl(2)).
 */
export function claimFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', FILE_MODE))
    syncFolder(dirname(path))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  chmodSync(path, FILE_MODE)
}

/** Makes the names in a folder durable. Windows has no such call and does not need it. */
export function syncFolder(dir: string): void {
  if (process.platform === 'win32') return
  syncPath(dir)
}

export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
