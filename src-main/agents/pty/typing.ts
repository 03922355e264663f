import { writeSync } from 'node:fs'

/** Types into a terminal: whole and in order, however slowly its program reads. */
export interface Typing {
  write(data: string): void
  /** The terminal is gone, and its descriptor with it: what was not typed is lost. */
  close(): void
}

// A terminal takes 64 KiB at most until its program reads; then it is asked again, soon for one that is
// just drawing, less and less often for one that does not read at all.
const SOON_MS = 2
const LATE_MS = 64
// Much more than a person pastes; a program that never reads must not fill the memory.
const MAX_BYTES = 16 * 1024 * 1024

/**
 * Writes at once while the terminal takes it, so that nothing is ever written after `close`: the number of
 * a closed descriptor soon names another file. That is why node-pty's own queue, which goes on after the
 * end, is not used; it also asks a full terminal without a pause.
 */
export function createTyping(descriptor: number): Typing {
  let waiting: Buffer[] = []
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  let pause = SOON_MS
  let isClosed = false

  const close = () => {
    isClosed = true
    waiting = []
    clearTimeout(timer)
  }
  const type = () => {
    timer = undefined
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const written = typeSome(descriptor, next)
      if (written === 'gone') return close()
      if (written === 0) {
        timer = setTimeout(type, pause)
        pause = Math.min(pause * 2, LATE_MS)
        return
      }
      pause = SOON_MS
      bytes -= written
      if (written === next.length) waiting.shift()
      else waiting[0] = next.subarray(written)
    }
  }
  return {
    write(data) {
      const chunk = Buffer.from(data)
      if (isClosed || chunk.length === 0 || bytes + chunk.length > MAX_BYTES) return
      waiting.push(chunk)
      bytes += chunk.length
      if (timer === undefined) type()
    },
    close,
  }
}

function typeSome(descriptor: number, chunk: Buffer): number | 'gone' {
  try {
    return writeSync(descriptor, chunk)
  } catch (error) {
    // Full for now. Anything else says that there is no terminal any more.
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : 'gone'
  }
}
