import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Log } from '../../base/index.ts'
import { createLogTail, type LogTail } from './log-tail.ts'

/** Bytes that only grow, as one watcher sees them. Offsets and sizes are bytes. */
export interface LogView {
  /** So much can be read. */
  size(): number
  /** At most `max` bytes from `from` on; empty at the end, and after `close`. */
  read(from: number, max: number): Promise<Buffer>
  /**
   * Told of each chunk with the offset it begins at, once it is in the file; returns the way to stop. The
   * writer does not wait for it, nor does it keep the chunk. What it throws ends the telling.
   */
  onGrow(listener: (at: number, chunk: Buffer) => void): () => void
  /** Resolves when it will grow no more and `size` is final. */
  ended: Promise<void>
  close(): void
}

/** A log that is written, and watched by any number of views. */
export interface RunLog {
  /** One after the other; resolves when the bytes are in the file and the views were told. */
  append(bytes: Buffer | string): Promise<void>
  view(): LogView
  /** No more is written. Views may still be opened. */
  end(): void
  /** Lets go of the file; it is closed with the last view. */
  release(): void
}

// More than a watcher with its window full (FLOW.pause) is behind when it goes on.
const TAIL_BYTES = 256 * 1024

type Listener = (at: number, chunk: Buffer) => void

// Appends, reads by its watchers with the same descriptor, and never follows a link that was put there.
const FLAGS =
  constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0)

/**
 * Opens the file (0600) for appending. Watchers share its one descriptor, so that moving the file, as into
 * the artifacts, takes nothing from them.
 */
export async function openRunLog(path: string, log: Log): Promise<RunLog> {
  const file = await open(path, FLAGS, 0o600)
  const shared = share(file)
  const release = shared.hold()
  const listeners = new Set<Listener>()
  const ended = Promise.withResolvers<void>()
  let size = await sizeOf(file)
  const tail = createLogTail(size, TAIL_BYTES)

  const tell = (at: number, chunk: Buffer) => {
    for (const listener of listeners) {
      try {
        listener(at, chunk)
      } catch (error) {
        listeners.delete(listener)
        log.error('watcher of a run failed', { error: String(error) })
      }
    }
  }
  const end = () => ended.resolve()
  return {
    async append(bytes) {
      let rest = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
      while (rest.length > 0) {
        const { bytesWritten } = await file.write(rest)
        const at = size
        const written = rest.subarray(0, bytesWritten)
        size += bytesWritten
        tail.add(written)
        tell(at, written)
        rest = rest.subarray(bytesWritten)
      }
    },
    view() {
      const own = new Set<Listener>()
      const view = viewOf({
        file,
        release: shared.hold(),
        size: () => size,
        tail,
        ended: ended.promise,
      })
      return {
        ...view,
        onGrow(listener) {
          // Wrapped, so that the same function may be given twice.
          const each: Listener = (at, chunk) => listener(at, chunk)
          listeners.add(each)
          own.add(each)
          return () => {
            listeners.delete(each)
            own.delete(each)
          }
        },
        close() {
          for (const each of own) listeners.delete(each)
          view.close()
        },
      }
    },
    end,
    release() {
      end()
      release()
    },
  }
}

/** A view of a file that grows no more, read by ranges; undefined when there is none. */
export async function openLog(path: string): Promise<LogView | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return undefined
  const size = await sizeOf(file)
  const release = share(file).hold()
  return viewOf({ file, release, size: () => size, ended: Promise.resolve() })
}

function viewOf(on: {
  file: FileHandle
  release: () => void
  size: () => number
  tail?: LogTail
  ended: Promise<void>
}): LogView {
  let isClosed = false
  return {
    size: on.size,
    async read(from, max) {
      const length = isClosed ? 0 : Math.min(max, on.size() - from)
      if (length <= 0) return EMPTY
      return on.tail?.read(from, length) ?? (await readRange(on.file, from, length))
    },
    onGrow: () => () => undefined,
    ended: on.ended,
    close() {
      isClosed = true
      on.release()
    },
  }
}

async function readRange(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, from + filled)
    // Cut short by somebody: what is there is what there is.
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/** Closes the file when the last of its holders has let go; letting go twice does nothing. */
function share(file: FileHandle): { hold(): () => void } {
  let holders = 0
  return {
    hold() {
      holders += 1
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        holders -= 1
        // Reads that are under way are waited for; closing a file that was only read or appended cannot fail.
        if (holders === 0) void file.close()
      }
    },
  }
}

async function sizeOf(file: FileHandle): Promise<number> {
  try {
    return (await file.stat()).size
  } catch (error) {
    await file.close()
    throw error
  }
}

const EMPTY = Buffer.alloc(0)
