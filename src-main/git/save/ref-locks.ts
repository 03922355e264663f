import { lstatSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { UserRepository } from '../repository.ts'
import type { MoveRecord } from './journal.ts'

// A ref transaction takes milliseconds; a child that survived us is done long before.
const PATIENCE_MS = 2_000
const LOOK_EVERY_MS = 50

/**
 * Waits until a ref transaction that survived its process has ended, then removes the locks that a
 * killed one left behind: those whose text is what we were writing. HEAD's lock carries no text, so it
 * goes only along with one of them.
 */
export async function clearRefLocks(repository: UserRepository, record: MoveRecord): Promise<void> {
  const moves = [
    { ref: record.ref, to: record.to },
    { ref: record.tagRef, to: record.tagObject },
    ...record.userRefs,
  ]
  const ours = () =>
    moves
      .map(({ ref, to }) => ({ path: join(repository.commonDir, `${ref}.lock`), to, ref }))
      .filter(({ path, to, ref }) => {
        const text = readText(path)
        // The tag's name is the session's own; only we lock it.
        return text !== undefined && (text.trim() === to || (text === '' && ref !== record.ref))
      })
      .map(({ path }) => path)
  const until = Date.now() + PATIENCE_MS
  let stale = ours()
  while (stale.length > 0 && Date.now() < until) {
    await setTimeout(LOOK_EVERY_MS)
    stale = ours()
  }
  if (stale.length === 0) return
  const branch = join(repository.commonDir, `${record.ref}.lock`)
  const head = join(repository.gitDir, 'HEAD.lock')
  for (const path of [...stale, ...[branch, head].filter((lock) => readText(lock) === '')]) {
    rmSync(path, { force: true })
  }
}

function readText(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false }) ? readFileSync(path, 'utf8') : undefined
}
