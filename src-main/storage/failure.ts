import { type DataErrorCode, isErrorCode, type Reason } from '../../src-shared/contract/index.ts'
import { type Failure, printableLine } from '../base/index.ts'

// Primary result codes (sqlite.org/rescode.html); extended ones begin with the primary's name.
const OF_SQLITE: readonly (readonly [prefix: string, code: DataErrorCode])[] = [
  ['SQLITE_FULL', 'disk_full'],
  // The shared-memory file of the WAL could not grow: that is what a full disk looks like to a first reader.
  ['SQLITE_IOERR_SHMSIZE', 'disk_full'],
  ['SQLITE_CORRUPT', 'data_damaged'],
  ['SQLITE_NOTADB', 'data_damaged'],
  ['SQLITE_READONLY', 'data_folder_unusable'],
  ['SQLITE_CANTOPEN', 'data_folder_unusable'],
  ['SQLITE_PERM', 'data_folder_unusable'],
  ['SQLITE_IOERR', 'data_folder_unusable'],
  // Past the busy timeout: some other program holds the database open for writing.
  ['SQLITE_BUSY', 'data_folder_unusable'],
]
const OF_DISK: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])
const OF_FOLDER: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'ENOENT',
  'EEXIST',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EIO',
])

/** `error`'s code as Node and better-sqlite3 give it, for example `ENOSPC` or `SQLITE_FULL`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}

/**
 * What a thrown error says about the disk or the database, for callers at the edge: `disk_full`,
 * `data_damaged` or `data_folder_unusable`. Undefined: it is something else, and the caller rethrows it.
 */
export function storageFailure(error: unknown): Failure<DataErrorCode> | undefined {
  const thrown = codeOf(error)
  const code = OF_DISK.has(thrown)
    ? 'disk_full'
    : OF_SQLITE.find(([prefix]) => thrown.startsWith(prefix))?.[1]
  return code && { code, message: messageOf(error), cause: error }
}

/**
 * What a thrown error is to the user: a failure's own code, what it says about disk or database, else `git_failed` for a git command
 * that failed unexpectedly (told by its name: git lies above this module), else `internal`.
 */
export function reasonOf(error: unknown): Reason {
  const own = codeOf(error)
  if (isErrorCode(own)) return { code: own, message: printableLine(messageOf(error)) }
  const isGits = error instanceof Error && error.name === 'GitError'
  const code = storageFailure(error)?.code ?? (isGits ? 'git_failed' : 'internal')
  return { code, message: printableLine(messageOf(error)) }
}

/** The same while the data folder is opened, when a file-system error can only be about that folder. */
export function openFailure(error: unknown): Failure<DataErrorCode> | undefined {
  return (
    storageFailure(error) ??
    (OF_FOLDER.has(codeOf(error))
      ? { code: 'data_folder_unusable', message: messageOf(error), cause: error }
      : undefined)
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
