import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import * as z from 'zod'
import { type Clock, type Failure, fail, ok, type Result } from '../base/index.ts'
import { codeOf } from './failure.ts'
import { claimFile, FILE_MODE } from './folder.ts'

const LOCK = 'owner.lock'
const OWNER = 'owner.json'

// An owner writes its name right after it got the lock; a second one that comes in between waits for it
// this long, so that the refusal can name a process.
const NAME_TRIES = 20
const NAME_PAUSE_MS = 10

const ownerSchema = z.object({ pid: z.number().int().positive(), startedAt: z.iso.datetime() })
type Owner = z.infer<typeof ownerSchema>

export interface OwnerLock {
  /** The last owner of this folder did not close it: it was killed, or the machine stopped. */
  readonly wasLeft: boolean
  /** `isSound: false` leaves the mark of an owner that did not close, so that the next one looks closer. */
  release(how: { isSound: boolean }): void
}

/**
 * Owns a data folder until `release` or the death of the process, whichever comes first. Node has no flock,
 * so the lock is SQLite's own on a file of nothing else: an exclusive transaction that never ends. Nothing
 * in this process may open `owner.lock` besides, since closing it would drop the lock (fcntl(2)).
 */
export function takeOwnership(
  dir: string,
  clock: Clock,
): Result<OwnerLock, Failure<'data_folder_owned'>> {
  const file = join(dir, LOCK)
  claimFile(file)
  const lock = new Database(file, { timeout: 0 })
  try {
    // No journal beside it: there is nothing to roll back.
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error
    return refuse(dir)
  }
  try {
    return ok(hold(dir, lock, clock))
  } catch (error) {
    lock.close()
    throw error
  }
}

function hold(dir: string, lock: Database.Database, clock: Clock): OwnerLock {
  const file = join(dir, OWNER)
  const wasLeft = readOwner(dir) !== undefined
  const owner: Owner = { pid: process.pid, startedAt: clock.now() }
  claimFile(`${file}.new`)
  writeFileSync(`${file}.new`, JSON.stringify(owner), { mode: FILE_MODE })
  renameSync(`${file}.new`, file)
  return {
    wasLeft,
    release({ isSound }) {
      if (!lock.open) return
      if (isSound) rmSync(file, { force: true })
      lock.close()
    },
  }
}

function refuse(dir: string): Result<never, Failure<'data_folder_owned'>> {
  const owner = awaitOwner(dir)
  const who = owner ? `process ${owner.pid} since ${owner.startedAt}` : 'another process'
  return fail('data_folder_owned', `${who} uses ${dir}`, owner ? { details: owner } : {})
}

function awaitOwner(dir: string): Owner | undefined {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let tries = 0; tries < NAME_TRIES; tries += 1) {
    const owner = readOwner(dir)
    if (owner && isAlive(owner.pid)) return owner
    Atomics.wait(pause, 0, 0, NAME_PAUSE_MS)
  }
  return undefined
}

function readOwner(dir: string): Owner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(readFileSync(join(dir, OWNER), 'utf8'))).data
  } catch (error) {
    // Not there, or half of it: either way it names nobody.
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
