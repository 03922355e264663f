import { FLOW } from '../../../src-shared/contract/index.ts'
import type { TerminalSource } from '../port.ts'

interface TerminalViewDeps {
  source: TerminalSource
  /** The first byte to be sent. */
  from: number
  send(frame: Buffer): void
  /** All of its `size` bytes were sent, and no more will come. */
  onEnd(size: number): void
  /** What was printed cannot be read. The view is closed. */
  onFault(error: unknown): void
}

const NOTHING = Buffer.alloc(0)
// One half is worked on by the client while the other is read and travels, so that it never waits for us.
const HALF_BYTES = FLOW.pause / 2
// While the client is busy with what it has, small chunks are gathered (as by Nagle, RFC 896): each frame costs a
// system call on both sides. Never longer than a quarter of a screen's frame, and what comes while it is not, as
// the echo of a key, does not wait.
const GATHER_MS = 4
const GATHER_BYTES = 32_768

/**
 * One run's output on its way to one client; what is not acknowledged stays below `FLOW.pause`. A client that is
 * up to date gets each chunk as it comes, those of a moment together; one that is behind gets what is stored, as
 * fast as it acknowledges. So nothing is kept in memory for a slow one, and nobody waits for it.
 */
export class TerminalView {
  readonly #deps: TerminalViewDeps
  readonly #batch: Batch
  readonly #leave: () => void
  /** The next byte to be taken, and how many of those taken are not acknowledged yet. */
  #next: number
  #open = 0
  #isReading = false
  #isClosed = false
  #hasEnded = false
  #turn: NodeJS.Immediate | undefined
  #gathering: NodeJS.Timeout | undefined

  constructor(deps: TerminalViewDeps) {
    const { source } = deps
    this.#deps = deps
    this.#next = deps.from
    this.#batch = createBatch(source.n)
    this.#leave = source.onGrow((at, chunk) => this.#grow(at, chunk))
    source.ended.then(
      () => this.#end(),
      (error: unknown) => this.#fault(error),
    )
    this.#catchUp()
  }

  /** The client has dealt with so many bytes more. */
  ack(bytes: number): void {
    this.#open = Math.max(0, this.#open - bytes)
    if (!this.#isBusy()) this.#flush()
    this.#catchUp()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearImmediate(this.#turn)
    clearTimeout(this.#gathering)
    this.#leave()
    this.#deps.source.close()
  }

  #grow(at: number, chunk: Buffer): void {
    if (this.#isReading || this.#isClosed) return
    const part = at === this.#next ? chunk.subarray(0, this.#room()) : NOTHING
    if (part.length === 0) {
      this.#catchUp()
      return
    }
    this.#take(part)
    if (this.#batch.size() >= GATHER_BYTES) this.#flush()
    else if (this.#isBusy()) this.#gathering ??= setTimeout(() => this.#flush(), GATHER_MS)
    else this.#turn ??= setImmediate(() => this.#flush())
  }

  /** What was sent and not acknowledged is more than a client keeps to itself when it has nothing to do. */
  #isBusy(): boolean {
    return this.#open - this.#batch.size() >= FLOW.every
  }

  #end(): void {
    this.#hasEnded = true
    this.#catchUp()
    this.#settle()
  }

  #catchUp(): void {
    if (this.#isReading || this.#isClosed || !this.#canRead()) return
    this.#flush()
    this.#read().then(
      () => this.#settle(),
      (error: unknown) => this.#fault(error),
    )
  }

  async #read(): Promise<void> {
    const { source } = this.#deps
    this.#isReading = true
    try {
      while (this.#canRead()) {
        const chunk = await source.read(this.#next, Math.min(HALF_BYTES, this.#room()))
        if (this.#isClosed) return
        if (chunk.length === 0) throw new Error('the output is shorter than its size')
        this.#take(chunk)
        this.#flush()
      }
    } finally {
      // In the same turn as the last look at the size, so that no growth falls between.
      this.#isReading = false
    }
  }

  #canRead(): boolean {
    return this.#open <= HALF_BYTES && this.#next < this.#deps.source.size()
  }

  #settle(): void {
    const { source, onEnd } = this.#deps
    const isBusy = this.#isReading || this.#isClosed
    if (!this.#hasEnded || isBusy || this.#next < source.size()) return
    this.#flush()
    this.close()
    onEnd(this.#next)
  }

  #room(): number {
    return FLOW.pause - 1 - this.#open
  }

  #take(chunk: Buffer): void {
    this.#batch.add(chunk)
    this.#next += chunk.length
    this.#open += chunk.length
  }

  #flush(): void {
    clearImmediate(this.#turn)
    clearTimeout(this.#gathering)
    this.#turn = undefined
    this.#gathering = undefined
    const frame = this.#batch.take()
    if (frame) this.#deps.send(frame)
  }

  #fault(error: unknown): void {
    if (this.#isClosed) return
    this.close()
    this.#deps.onFault(error)
  }
}

interface Batch {
  add(chunk: Buffer): void
  /** Bytes that wait in it. */
  size(): number
  take(): Buffer | undefined
}

// The run's number before the bytes.
const HEAD_BYTES = 4

/** Chunks that leave as one frame, behind the number of their run. */
function createBatch(n: number): Batch {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32BE(n)
  let chunks: Buffer[] = [head]
  let size = 0
  return {
    add(chunk) {
      chunks.push(chunk)
      size += chunk.length
    },
    size: () => size,
    take() {
      if (size === 0) return undefined
      const frame = Buffer.concat(chunks, HEAD_BYTES + size)
      chunks = [head]
      size = 0
      return frame
    },
  }
}
