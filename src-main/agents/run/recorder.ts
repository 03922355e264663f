import type { Turns } from '../../base/index.ts'
import type { PermissionAnswer } from '../adapter.ts'
import type { Dialogue, RunEvent } from './dialogue.ts'
import type { RunLog } from './run-log.ts'
import { renderEvent } from './transcript.ts'

/** Takes a run's bytes: into the raw log first, then through the parser, into transcript and events. */
export interface Recorder {
  /** Says what begins the dialogue. */
  begin(token?: string): void
  push(chunk: Buffer): void
  answer(question: string, answer: PermissionAnswer): void
  /** After the last byte: everything is written, the parser has ended. */
  finish(exitCode: number | null): Promise<void>
}

// With this much waiting the disk is slower than the agent, which then has to wait; and goes on when
// most of it is written. A megabyte is a fraction of a second's writing on any disk.
const HIGH_BYTES = 1024 * 1024
const LOW_BYTES = 128 * 1024
// How much is parsed in one go before other work gets its turn: a few milliseconds, also of events of 100 bytes each.
const BATCH_BYTES = 64 * 1024
// What is parsed in no time, as a word or an event, waits for no turn.
const LITTLE_BYTES = 1024

export interface RecorderDeps {
  raw: Pick<RunLog, 'append'>
  transcript: Pick<RunLog, 'append'>
  dialogue: Dialogue
  flow: { pause(): void; resume(): void }
  /** Shared by all runs: however much they print, the loop goes on. */
  turns: Turns
  onEvent(event: RunEvent): void
  /** Writing failed; what came after is not recorded. Called once. */
  onFault(error: unknown): void
}

export function createRecorder(deps: RecorderDeps): Recorder {
  const waiting: Buffer[] = []
  const turns: (() => RunEvent[])[] = []
  let bytes = 0
  let isPaused = false
  let isBroken = false
  let isFinished = false
  let pumping: Promise<void> | undefined

  const tell = async (events: readonly RunEvent[]) => {
    const shown = events.map(renderEvent).join('')
    if (shown !== '') await deps.transcript.append(shown)
    await deps.turns.each(events, deps.onEvent)
  }
  const record = async () => {
    const batch = takeBatch(waiting)
    bytes -= batch.length
    await deps.raw.append(batch)
    const parse = () => deps.dialogue.push(batch)
    await tell(batch.length > LITTLE_BYTES ? await deps.turns.once(parse) : parse())
    if (isPaused && bytes < LOW_BYTES) {
      isPaused = false
      deps.flow.resume()
    }
  }
  const pump = async () => {
    while (!isBroken) {
      const turn = turns.shift()
      if (turn !== undefined) await tell(turn())
      else if (waiting.length > 0) await record()
      else return
    }
  }
  const fault = (error: unknown) => {
    isBroken = true
    waiting.length = 0
    if (isPaused) deps.flow.resume()
    deps.onFault(error)
  }
  const work = () => {
    pumping ??= pump()
      .catch(fault)
      .finally(() => {
        pumping = undefined
      })
  }
  const take = (turn: () => RunEvent[]) => {
    if (isBroken || isFinished) return
    turns.push(turn)
    work()
  }
  return {
    begin: (token) => take(() => deps.dialogue.begin(token)),
    answer: (question, answer) => take(() => deps.dialogue.answer(question, answer)),
    push(chunk) {
      if (isBroken || isFinished) return
      waiting.push(chunk)
      bytes += chunk.length
      if (!isPaused && bytes > HIGH_BYTES) {
        isPaused = true
        deps.flow.pause()
      }
      work()
    },
    async finish(exitCode) {
      isFinished = true
      while (pumping !== undefined) await pumping
      if (!isBroken) await tell(deps.dialogue.end(exitCode)).catch(fault)
    },
  }
}

/** Up to BATCH_BYTES from the front; what does not fit stays. */
function takeBatch(waiting: Buffer[]): Buffer {
  const taken: Buffer[] = []
  let room = BATCH_BYTES
  while (room > 0) {
    const next = waiting.shift()
    if (next === undefined) break
    taken.push(next.subarray(0, room))
    if (next.length > room) waiting.unshift(next.subarray(room))
    room -= Math.min(room, next.length)
  }
  const [only] = taken
  return only !== undefined && taken.length === 1 ? only : Buffer.concat(taken)
}
