import { lstatSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { workFolder } from '../checkout/work-folder.ts'
import type { UserRepository } from '../repository.ts'
import type { MoveRecord } from './journal.ts'

// A ref transaction takes milliseconds; a child that survived us is done long before.
const PATIENCE_MS = 2_000
const LOOK_EVERY_MS = 50

// Between our index and the end of the ref transaction lie milliseconds; a lock that old and without text is ours.
const SPAN_MS = 10_000

/**
 * Waits until a ref transaction that survived its process has ended, then removes the locks that a killed
 * one left behind: their text is what we were writing, or they have none yet and stand on a ref that only
 * we write, or were made right after our index. Any other lock is the user's and stays.
 */
export async function clearRefLocks(repository: UserRepository, record: MoveRecord): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  let stale = findOurs(repository, record)
  while (stale.length > 0 && Date.now() < until) {
    await setTimeout(LOOK_EVERY_MS)
    stale = findOurs(repository, record)
  }
  for (const path of stale) rmSync(path, { force: true })
}

function findOurs(repository: UserRepository, record: MoveRecord): string[] {
  const { ref, to, tagRef, tagObject, userRefs } = record
  const own = [{ ref: tagRef, to: tagObject }, ...userRefs].map((move) => ({ ...move, own: true }))
  const locks = [...own, { ref, to, own: false }].map((move) => ({
    ...move,
    path: join(repository.commonDir, `${move.ref}.lock`),
  }))
  const head = { path: join(repository.gitDir, 'HEAD.lock'), to: '', own: false }
  const { indexPlaced } = workFolder(repository, record.id)
  return [...locks, head]
    .filter((lock) => {
      const text = readText(lock.path)
      if (text === undefined) return false
      return text === '' ? lock.own || isAfter(lock.path, indexPlaced) : text.trim() === lock.to
    })
    .map(({ path }) => path)
}

function isAfter(lock: string, index: string): boolean {
  const [made, placed] = [lock, index].map((path) => lstatSync(path, { throwIfNoEntry: false }))
  if (!made || !placed) return false
  const span = made.mtimeMs - placed.mtimeMs
  return span >= 0 && span < SPAN_MS
}

function readText(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false }) ? readFileSync(path, 'utf8') : undefined
}
