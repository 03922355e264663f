import { join, resolve } from 'node:path'
import type { DataErrorCode } from '../../src-shared/contract/index.ts'
import { type Clock, type Failure, type Log, ok, type Result } from '../base/index.ts'
import { type Artifacts, createArtifacts, discardHalfWritten } from './artifacts.ts'
import { createDamageList, type Damage, type DamageList } from './damage.ts'
import { type Connection, openDatabase } from './database.ts'
import { openFailure } from './failure.ts'
import { makePrivateFolder, prepareFolder } from './folder.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { type OwnerLock, takeOwnership } from './owner-lock.ts'
import { createTables, type Tables } from './tables/index.ts'
import { createWriter, type Durability } from './writer.ts'

const DATABASE = 'thalogos.db'

interface StorageDeps {
  /** The data folder; made when it is missing. */
  dir: string
  clock: Clock
  log: Log
}

export interface Storage {
  /** For reading; a change through it outside of `write` throws. */
  readonly read: Tables
  readonly artifacts: Artifacts
  /** Of the SQLite library, for example `3.54.1`. */
  readonly sqliteVersion: string
  /** The data folder as an absolute path. */
  readonly dir: string
  /**
   * One transaction, committed when `change` returns and undone when it throws. `full` (the default) is on
   * the disk when this returns, `normal` survives a killed process but not a power cut. A change inside of
   * another one and a change that returns a promise are bugs and throw.
   */
  write<T>(change: (tables: Tables) => T, durability?: Durability): T
  /** What could not be read since the start and was set aside; the rest works on. */
  damage(): readonly Damage[]
  /** Closes the database and gives the folder up. Once is enough. */
  close(): void
}

/**
 * Owns the data folder `dir` and opens its database: folder 0700 and files 0600, lock, migrations with a
 * copy before each. `data_folder_owned` names the process, `data_too_new` changes nothing; besides
 * `data_folder_unusable` and `disk_full`. A damaged database is set aside and an empty one opened: see
 * `damage`; only when that one cannot be read either it is `data_damaged`.
 */
export function openStorage(deps: StorageDeps): Result<Storage, Failure<DataErrorCode>> {
  const dir = resolve(deps.dir)
  try {
    const folder = prepareFolder(dir, (names) => names.includes(DATABASE), deps.log)
    if (!folder.ok) return folder
    const lock = takeOwnership(dir, deps.clock)
    return lock.ok ? openOwned({ ...deps, dir }, lock.value) : lock
  } catch (error) {
    const failure = openFailure(error)
    if (!failure) throw error
    return { ok: false, error: failure }
  }
}

function openOwned(deps: StorageDeps, lock: OwnerLock): Result<Storage, Failure<DataErrorCode>> {
  let isOpen = false
  try {
    const storage = openLocked(deps, lock)
    isOpen = storage.ok
    return storage
  } finally {
    if (!isOpen) lock.release({ isSound: !lock.wasLeft })
  }
}

function openLocked(deps: StorageDeps, lock: OwnerLock): Result<Storage, Failure<DataErrorCode>> {
  const { dir, clock, log } = deps
  const damage = createDamageList(log)
  const file = join(dir, DATABASE)
  const opened = openDatabase({ file, suspect: lock.wasLeft, clock, log, damage })
  if (!opened.ok) return opened
  const db = opened.value
  let isOpen = false
  try {
    const migrated = migrate({ db, migrations, backups: join(dir, 'backups'), clock, log })
    if (!migrated.ok) return migrated
    const storage = assemble({ ...deps, db, damage, lock })
    isOpen = true
    return ok(storage)
  } finally {
    if (!isOpen) db.close()
  }
}

interface Parts extends StorageDeps {
  db: Connection
  damage: DamageList
  lock: OwnerLock
}

function assemble({ dir, clock, log, db, damage, lock }: Parts): Storage {
  const writer = createWriter({ db, log })
  const tables = createTables({ db, damage, assertWriting: writer.assertWriting })
  const files = join(dir, 'artifacts')
  makePrivateFolder(files)
  discardHalfWritten(files)
  const record = db.prepare('INSERT INTO artifacts VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  return {
    read: tables,
    dir,
    sqliteVersion: String(db.prepare('SELECT sqlite_version()').pluck().get()),
    artifacts: createArtifacts({
      dir: files,
      clock,
      // The file is on the disk already; whatever names it is committed after this row, and with it.
      record: ({ hash, bytes, at }) =>
        void writer.write(() => record.run(hash, bytes, at), 'normal'),
    }),
    write: (change, durability) => writer.write(() => change(tables), durability),
    damage: damage.all,
    close() {
      if (db.open) db.close()
      lock.release({ isSound: true })
    },
  }
}
