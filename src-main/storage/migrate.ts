import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Clock, type Failure, fail, type Log, ok, type Result } from '../base/index.ts'
import { APPLICATION_ID, type Connection, fileTime } from './database.ts'
import { claimFile, makePrivateFolder, syncFolder, syncPath } from './folder.ts'

/** One step forward, kept for ever as it was released. `sql` runs in a transaction, foreign keys checked at its end. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

interface MigrateOptions {
  db: Connection
  migrations: readonly Migration[]
  /** Where the copies go that are made before each step. */
  backups: string
  clock: Clock
  log: Log
}

/**
 * Brings the database to the newest version, one transaction for each step; of one that was there, a copy of
 * the whole before each. A step that throws leaves the version before it. A database of a newer version is left
 * as it is.
 */
export function migrate(options: MigrateOptions): Result<void, Failure<'data_too_new'>> {
  const { db, migrations } = options
  const present = versionOf(db)
  const newest = migrations.at(-1)?.version ?? 0
  if (present > newest) {
    return fail('data_too_new', `the data has version ${present}, this Thalogos knows ${newest}`)
  }
  for (const migration of migrations.filter(({ version }) => version > present)) {
    // What was empty a moment ago is nothing to go back to.
    if (present > 0) keepCopy(options)
    apply(db, migration)
    options.log.info('migrated the database', { version: migration.version, name: migration.name })
  }
  return ok(undefined)
}

function versionOf(db: Connection): number {
  return Number(db.pragma('user_version', { simple: true }))
}

function apply(db: Connection, { version, name, sql }: Migration): void {
  // Rebuilding a table drops the old one, which would cascade (sqlite.org/lang_altertable.html, section 7).
  db.pragma('foreign_keys = OFF')
  try {
    db.transaction(() => {
      db.exec(sql)
      const broken = db.pragma('foreign_key_check')
      if (Array.isArray(broken) && broken.length > 0) {
        throw new Error(`migration ${name} breaks a foreign key: ${JSON.stringify(broken[0])}`)
      }
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${version}`)
    }).immediate()
  } finally {
    db.pragma('foreign_keys = ON')
  }
}

function keepCopy({ db, backups, clock }: MigrateOptions): void {
  makePrivateFolder(backups)
  const file = join(backups, `${basename(db.name)}.v${versionOf(db)}-${fileTime(clock)}`)
  claimFile(file)
  try {
    // One consistent copy, WAL included; SQLite fills the empty file that has the right mode already.
    db.prepare('VACUUM INTO ?').run(file)
    syncPath(file)
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  }
  syncFolder(backups)
}
