import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLog } from '../base/index.ts'
import { storageFailure } from './failure.ts'
import { recordingLog, scratchFolder } from './fixture/scratch.ts'
import { createWriter } from './writer.ts'

const SYNCHRONOUS = { normal: 1, full: 2 }

function scratchWriter(log = silentLog) {
  const db = new Database(join(scratchFolder(), 'a.db'))
  onTestFinished(() => void db.close())
  db.pragma('journal_mode = WAL')
  db.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT) STRICT')
  const add = db.prepare('INSERT INTO notes (text) VALUES (?)')
  const count = () => db.prepare('SELECT count(*) FROM notes').pluck().get()
  return { db, writer: createWriter({ db, log }), add: (text: string) => add.run(text), count }
}

describe('a write', () => {
  it('commits what the change did and returns its answer', () => {
    const { writer, add, count } = scratchWriter()
    expect(writer.write(() => add('one').changes)).toBe(1)
    expect(count()).toBe(1)
  })

  it('undoes everything when the change throws, and the next one works', () => {
    const { writer, add, count } = scratchWriter()
    const bug = new Error('a bug')
    expect(() =>
      writer.write(() => {
        add('one')
        throw bug
      }),
    ).toThrow(bug)
    expect(count()).toBe(0)
    writer.write(() => add('two'))
    expect(count()).toBe(1)
  })

  it('switches what is flushed before the transaction begins, each way', () => {
    const { db, writer } = scratchWriter()
    const seen = () => writer.write(() => db.pragma('synchronous', { simple: true }))
    expect(seen()).toBe(SYNCHRONOUS.full)
    const normal = writer.write(() => db.pragma('synchronous', { simple: true }), 'normal')
    expect(normal).toBe(SYNCHRONOUS.normal)
    expect(writer.write(() => db.pragma('synchronous', { simple: true }), 'full')).toBe(
      SYNCHRONOUS.full,
    )
    expect(seen()).toBe(SYNCHRONOUS.full)
  })

  it('refuses a change inside of another one and keeps neither', () => {
    const { writer, add, count } = scratchWriter()
    expect(() =>
      writer.write(() => {
        add('outer')
        writer.write(() => add('inner'))
      }),
    ).toThrow('inside another')
    expect(count()).toBe(0)
  })

  it('refuses a change that would go on after its transaction', () => {
    const { writer, add, count } = scratchWriter()
    expect(() => writer.write(() => Promise.resolve(add('late')))).toThrow('synchronous')
    expect(count()).toBe(0)
  })

  it('tells inside from outside', () => {
    const { writer } = scratchWriter()
    expect(() => writer.assertWriting()).toThrow('only inside')
    writer.write(() => writer.assertWriting())
    expect(() => writer.assertWriting()).toThrow('only inside')
  })
})

describe('a full disk', () => {
  it('is told as such, keeps what was written before, and passes when there is space again', () => {
    const { db, writer, add, count } = scratchWriter()
    writer.write(() => add('before'))
    const pages = Number(db.pragma('page_count', { simple: true }))
    db.pragma(`max_page_count = ${pages}`)
    const text = 'x'.repeat(100_000)
    const failure = failureOf(() => writer.write(() => add(text)))
    expect(failure?.code).toBe('disk_full')
    expect(count()).toBe(1)
    db.pragma('max_page_count = 1000')
    writer.write(() => add(text))
    expect(count()).toBe(2)
  })
})

describe('the WAL', () => {
  it('is watched: a reader that stays open is told, once', () => {
    const { log, lines } = recordingLog()
    const { db, writer, add } = scratchWriter(log)
    const reader = new Database(db.name)
    onTestFinished(() => void reader.close())
    writer.write(() => add('one'))
    reader.exec('BEGIN')
    reader.prepare('SELECT * FROM notes').all()
    const text = 'x'.repeat(60_000)
    for (let i = 0; i < 300; i += 1) writer.write(() => add(text), 'normal')
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', expect.stringContaining('WAL')],
    ])
  })
})

function failureOf(work: () => unknown) {
  try {
    work()
  } catch (error) {
    return storageFailure(error)
  }
  throw new Error('it did not fail')
}
