import { statSync } from 'node:fs'
import type { Log } from '../base/index.ts'
import { type Connection, WAL_LIMIT_BYTES } from './database.ts'

/** `full`: on the disk when the call returns. `normal`: survives a killed process, not a lost machine. */
export type Durability = 'full' | 'normal'

export interface Writer {
  write<T>(change: () => T, durability?: Durability): T
  /** Throws outside of `write`: a change belongs to a transaction. */
  assertWriting(): void
}

// A stat costs microseconds; every 256th commit still sees a WAL that grows within a second or two.
const WATCH_EVERY = 256

/** Serves all changes, one transaction each. Nesting and asynchronous changes are bugs and throw. */
export function createWriter({ db, log }: { db: Connection; log: Log }): Writer {
  const watch = createWalWatch(`${db.name}-wal`, log)
  let present: Durability | undefined
  let isWriting = false

  const transaction = db.transaction((change: () => unknown) => {
    const result = change()
    if (isThenable(result)) throw new Error('a change of the storage must be synchronous')
    return result
  })

  return {
    write<T>(change: () => T, durability: Durability = 'full'): T {
      if (isWriting) throw new Error('a change of the storage was begun inside another')
      // SQLite refuses this inside a transaction (sqlite.org/pragma.html#pragma_synchronous).
      if (present !== durability) db.pragma(`synchronous = ${durability}`)
      present = durability
      isWriting = true
      try {
        return transaction.immediate(change) as T
      } finally {
        isWriting = false
        watch()
      }
    },
    assertWriting() {
      if (!isWriting) throw new Error('the storage is changed only inside of write')
    },
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value
}

/** Says when the WAL grows past its limit: somebody holds a read open, and no checkpoint gets through. */
function createWalWatch(file: string, log: Log): () => void {
  let commits = 0
  let warnAt = 2 * WAL_LIMIT_BYTES
  return () => {
    commits += 1
    if (commits % WATCH_EVERY !== 0) return
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    if (size < warnAt) return
    log.warn('found a growing WAL: a reader stays open', { bytes: size })
    warnAt = size * 2
  }
}
