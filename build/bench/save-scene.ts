import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { JournalPort, Mirror } from '../../src-main/git/index.ts'
import { makeSampleRepository, openSampleMirror, rawGit, samplePath } from './sample-tree.ts'

export interface SaveScene {
  root: string
  mirror: Mirror
  journal: JournalPort
  /** Commits that only the mirror has, each on top of the one before; the first is the repository's own. */
  commits: string[]
}

/** The sample repository with the target checked out, its mirror, and commits to save. */
export async function makeSaveScene(
  dir: string,
  { commits, files }: { commits: number; files: number },
): Promise<SaveScene> {
  const root = makeSampleRepository(dir)
  const mirror = await openSampleMirror(dir, root)
  const clone = join(dir, 'clone')
  rawGit(dir, 'clone', '-q', root, clone)
  const made = [rawGit(clone, 'rev-parse', 'HEAD')]
  for (let commit = 1; commit <= commits; commit += 1) {
    for (let file = 0; file < files; file += 1) {
      writeFileSync(
        join(clone, samplePath(file * 31)),
        `export const value = ${commit}\n`.repeat(190),
      )
    }
    rawGit(clone, 'commit', '-q', '-a', '-m', `work ${commit}`)
    made.push(rawGit(clone, 'rev-parse', 'HEAD'))
  }
  rawGit(clone, 'push', '-q', mirror.dir, 'HEAD:refs/heads/session/bench/integration')
  // Else the first rounds would share the disk with what was just written.
  execFileSync('sync')
  return { root, mirror, journal: openJournal(dir), commits: made }
}

/** A journal as durable as the program's own: SQLite, each write flushed. */
function openJournal(dir: string): JournalPort {
  mkdirSync(join(dir, 'data'))
  const db = new Database(join(dir, 'data', 'journal.db'))
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('CREATE TABLE journal (id TEXT PRIMARY KEY, entry TEXT NOT NULL)')
  const insert = db.prepare('INSERT INTO journal VALUES (?, ?)')
  const remove = db.prepare('DELETE FROM journal WHERE id = ?')
  return {
    put: (entry) => void insert.run(entry.id, JSON.stringify(entry)),
    update: () => undefined,
    remove: (id) => void remove.run(id),
    open: () => [],
  }
}

// git, and we, compare contents of what was written in the index's own second; a user is never that fast.
export const outliveSecond = () => setTimeout(1_100)
