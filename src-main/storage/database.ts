import { existsSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import * as vectors from 'sqlite-vec'
import { type Clock, type Failure, fail, type Log, ok, type Result } from '../base/index.ts'
import type { DamageList } from './damage.ts'
import { storageFailure } from './failure.ts'
import { claimFile, syncFolder } from './folder.ts'

export type Connection = Database.Database

// "thal": tells our file from any other SQLite database (sqlite.org/pragma.html#pragma_application_id).
export const APPLICATION_ID = 0x7468616c

// Workers read beside us and checkpoints wait for nobody; longer than this is another program.
const BUSY_MS = 5_000
// 1,000 pages of 4 KiB: a checkpoint takes some milliseconds, and the WAL stays at 4 MB.
const CHECKPOINT_PAGES = 1_000
// Twice what a checkpoint leaves: a WAL that a long transaction or reader grew is cut back to this.
export const WAL_LIMIT_BYTES = 8 * 1024 * 1024
// Reading this much takes about 100 ms; a bigger database is checked only when its owner was killed.
const ALWAYS_CHECKED_BYTES = 32 * 1024 * 1024

interface OpenOptions {
  file: string
  /** The last owner was killed: look at every page. */
  suspect: boolean
  clock: Clock
  log: Log
  damage: DamageList
}

/**
 * Opens the database, sqlite-vec loaded, before its migrations. A damaged file is renamed with its WAL to
 * `*.damaged-<time>`, reported, and a new one begun: an old backup is never put in its place without
 * asking, since its journal and running sessions would be acted upon.
 */
export function openDatabase(options: OpenOptions): Result<Connection, Failure<DatabaseErrorCode>> {
  try {
    return connect(options)
  } catch (error) {
    const failure = storageFailure(error)
    if (failure?.code !== 'data_damaged') throw error
    const place = setAside(options.file, options.clock)
    options.damage.add({ place, problem: failure.message })
    return connect({ ...options, suspect: false })
  }
}
type DatabaseErrorCode = 'data_folder_unusable'

function connect(options: OpenOptions): Result<Connection, Failure<DatabaseErrorCode>> {
  claimFile(options.file)
  const db = new Database(options.file, { timeout: BUSY_MS })
  try {
    if (isForeign(db)) {
      db.close()
      return fail('data_folder_unusable', `${options.file} belongs to another program`)
    }
    configure(db)
    if (options.suspect || statSync(options.file).size <= ALWAYS_CHECKED_BYTES) checkPages(db)
    loadVectors(db, options.log)
    return ok(db)
  } catch (error) {
    db.close()
    throw error
  }
}

function isForeign(db: Connection): boolean {
  if (db.pragma('application_id', { simple: true }) === APPLICATION_ID) return false
  return db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() !== 0
}

function configure(db: Connection): void {
  if (db.pragma('journal_mode = WAL', { simple: true }) !== 'wal') {
    throw new Database.SqliteError('the file system allows no WAL', 'SQLITE_CANTOPEN')
  }
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('trusted_schema = OFF')
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`)
  // Sorting must not leave pieces of prompts in the system's temporary folder.
  db.pragma('temp_store = MEMORY')
}

function checkPages(db: Connection): void {
  const found = db.pragma('quick_check(1)', { simple: true })
  if (found !== 'ok') throw new Database.SqliteError(String(found), 'SQLITE_CORRUPT')
}

function loadVectors(db: Connection, log: Log): void {
  try {
    vectors.load(db)
  } catch (error) {
    // sqlite-vec has no binary for every platform; only the search by meaning needs it.
    log.warn('found no vector search for this platform', { error: String(error) })
  }
}

function setAside(file: string, clock: Clock): string {
  const place = `${file}.damaged-${fileTime(clock)}`
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(file + part)) renameSync(file + part, place + part)
  }
  syncFolder(dirname(file))
  return place
}

/** The time as a part of a file name: sorts, and has no colon, which Windows refuses. */
export function fileTime(clock: Clock): string {
  return clock.now().replaceAll(/[-:]/g, '')
}
