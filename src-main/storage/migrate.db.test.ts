import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLog } from '../base/index.ts'
import { fixedClock, scratchFolder } from './fixture/scratch.ts'
import { type Migration, migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'

const first: Migration = {
  version: 1,
  name: 'first',
  sql: `CREATE TABLE a (id TEXT PRIMARY KEY) STRICT;
    CREATE TABLE b (a TEXT NOT NULL REFERENCES a (id) ON DELETE CASCADE) STRICT;
    INSERT INTO a VALUES ('x'); INSERT INTO b VALUES ('x');`,
}
// The usual way to change a table: build the new one, move, drop, rename.
const rebuild: Migration = {
  version: 2,
  name: 'rebuild',
  sql: `CREATE TABLE new_a (id TEXT PRIMARY KEY, more TEXT) STRICT;
    INSERT INTO new_a (id) SELECT id FROM a; DROP TABLE a; ALTER TABLE new_a RENAME TO a;`,
}

function scratch() {
  const dir = scratchFolder()
  const db = new Database(join(dir, 'a.db'))
  onTestFinished(() => void db.close())
  db.pragma('journal_mode = WAL')
  db.pragma('foreign_keys = ON')
  const backups = join(dir, 'backups')
  const run = (...steps: Migration[]) =>
    migrate({ db, migrations: steps, backups, clock: fixedClock, log: silentLog })
  const version = () => db.pragma('user_version', { simple: true })
  const rows = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
  return { db, backups, run, version, rows }
}

describe('migrate', () => {
  it('takes a new database to the newest version without a copy of nothing', () => {
    const { run, version, backups } = scratch()
    expect(run(first).ok).toBe(true)
    expect(version()).toBe(1)
    expect(existsSync(backups)).toBe(false)
  })

  it('does nothing twice', () => {
    const { run, rows } = scratch()
    run(first)
    run(first)
    expect(rows('a')).toBe(1)
  })

  it('copies the whole database before a step, readable by the user alone', () => {
    const { run, version, rows, backups } = scratch()
    run(first)
    run(first, rebuild)
    expect(version()).toBe(2)
    expect([rows('a'), rows('b')]).toEqual([1, 1])
    const [name = ''] = readdirSync(backups)
    expect(name).toMatch(/^a\.db\.v1-2026/)
    expect(statSync(join(backups, name)).mode & 0o777).toBe(0o600)
    expect(statSync(backups).mode & 0o777).toBe(0o700)
    const copy = new Database(join(backups, name), { readonly: true })
    onTestFinished(() => void copy.close())
    expect(copy.pragma('user_version', { simple: true })).toBe(1)
    expect(copy.prepare('SELECT id FROM a').pluck().all()).toEqual(['x'])
  })

  it('leaves the version before a step that fails, data and foreign keys included', () => {
    const { db, run, version, rows } = scratch()
    run(first)
    const broken = {
      version: 2,
      name: 'broken',
      sql: 'DELETE FROM b; INSERT INTO missing VALUES (1)',
    }
    expect(() => run(first, broken)).toThrow('missing')
    expect(version()).toBe(1)
    expect(rows('b')).toBe(1)
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
  })

  it('refuses a step that leaves a reference to nothing', () => {
    const { run, version, rows } = scratch()
    run(first)
    const orphan = { version: 2, name: 'orphan', sql: 'DELETE FROM a' }
    expect(() => run(first, orphan)).toThrow('foreign key')
    expect(version()).toBe(1)
    expect(rows('a')).toBe(1)
  })

  it('goes through every step that is missing, in order, with a copy before each', () => {
    const { run, version, backups } = scratch()
    run(first)
    const third = { version: 3, name: 'third', sql: 'ALTER TABLE a ADD COLUMN last TEXT' }
    run(first, rebuild, third)
    expect(version()).toBe(3)
    expect(readdirSync(backups).map((name) => name.slice(0, 7))).toEqual(['a.db.v1', 'a.db.v2'])
  })

  it('changes nothing in a database of a newer version', () => {
    const { db, run } = scratch()
    db.pragma('user_version = 7')
    const before = db.serialize()
    const refused = run(first)
    expect(refused.ok || refused.error.code).toBe('data_too_new')
    expect(db.serialize().equals(before)).toBe(true)
  })
})

describe('the migrations', () => {
  it('are numbered from 1 without a gap', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1))
  })

  it('make every table strict', () => {
    const { db, run } = scratch()
    run(...migrations)
    const loose = db
      .prepare(`SELECT name FROM pragma_table_list WHERE strict = 0 AND name NOT LIKE 'sqlite_%'`)
      .pluck()
      .all()
    expect(loose).toEqual([])
  })
})
