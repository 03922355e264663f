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

/**
 * One run's output on its way to one client. Sends while the client keeps up, never more than `FLOW.pause` bytes
 * beyond what it acknowledged. A client that is up to date gets each chunk as it comes, those of one turn in one
 * frame; one that is behind gets what is stored, as fast as it acknowledges. So nothing is kept in memory for a
 * slow one, and nobody waits for it.
 */
export class TerminalView {
  readonly #deps: TerminalViewDeps
  readonly #batch: Batch
  readonly #leave: () => void
  /** The next byte to be taken, and how many of those taken are not acknowledged yet. */
  #next: number
  #open = 0
  #isPaused = false
  #isReading = false
  #isClosed = false
  #hasEnded = false
  #turn: NodeJS.Immediate | undefined

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
    if (!this.#isPaused || this.#open >= FLOW.resume) return
    this.#isPaused = false
    this.#catchUp()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearImmediate(this.#turn)
    this.#leave()
    this.#deps.source.close()
  }

  #grow(at: number, chunk: Buffer): void {
    if (this.#isReading || this.#isPaused || this.#isClosed) return
    if (at !== this.#next) {
      this.#catchUp()
      return
    }
    const room = this.#room()
    this.#take(chunk.length > room ? chunk.subarray(0, room) : chunk)
    if (this.#isPaused) this.#flush()
    else this.#turn ??= setImmediate(() => this.#flush())
  }

  #end(): void {
    this.#hasEnded = true
    this.#catchUp()
    this.#settle()
  }

  #catchUp(): void {
    if (this.#isReading || this.#isPaused || this.#isClosed) return
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
      while (!this.#isPaused && !this.#isClosed && this.#next < source.size()) {
        const chunk = await source.read(this.#next, this.#room())
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

  #settle(): void {
    const { source, onEnd } = this.#deps
    const isBusy = this.#isReading || this.#isClosed
    if (!this.#hasEnded || isBusy || this.#next < source.size()) return
    this.#flush()
    this.close()
    onEnd(this.#next)
  }

  #room(): number {
    return FLOW.pause - this.#open
  }

  #take(chunk: Buffer): void {
    this.#batch.add(chunk)
    this.#next += chunk.length
    this.#open += chunk.length
    this.#isPaused = this.#open >= FLOW.pause
  }

  #flush(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
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
  take(): Buffer | undefined
}

// The run's number before the bytes.
const HEAD_BYTES = 4

/** Chunks that leave as one frame, behind the number of their run. */
function createBatch(n: number): Batch {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32BE(n)
  let chunks: Buffer[] = [head]
  return {
    add: (chunk) => void chunks.push(chunk),
    take() {
      if (chunks.length === 1) return undefined
      const frame = Buffer.concat(chunks)
      chunks = [head]
      return frame
    },
  }
}
