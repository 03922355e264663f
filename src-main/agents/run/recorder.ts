import type { Turns } from '../../base/index.ts'
import type { PermissionAnswer } from '../adapter.ts'
import type { Dialogue, RunEvent } from './dialogue.ts'
import { createIntake } from './intake.ts'
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

// How much is parsed in one go before other work gets its turn: a millisecond, also of events of 100 bytes each.
const STEP_BYTES = 16 * 1024
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
  const intake = createIntake(deps.flow)
  const turns: (() => RunEvent[])[] = []
  let isBroken = false
  let isFinished = false
  let pumping: Promise<void> | undefined

  const tell = async (events: readonly RunEvent[]) => {
    const shown = events.map(renderEvent).join('')
    if (shown !== '') await deps.transcript.append(shown)
    await deps.turns.each(events, deps.onEvent)
  }
  const record = async () => {
    const batch = await intake.take()
    await deps.raw.append(batch)
    for (let at = 0; at < batch.length; at += STEP_BYTES) {
      const part = batch.subarray(at, at + STEP_BYTES)
      const parse = () => deps.dialogue.push(part)
      await tell(part.length > LITTLE_BYTES ? await deps.turns.once(parse) : parse())
    }
  }
  const pump = async () => {
    while (!isBroken) {
      const turn = turns.shift()
      if (turn !== undefined) await tell(turn())
      else if (!intake.isEmpty()) await record()
      else return
    }
  }
  const fault = (error: unknown) => {
    isBroken = true
    intake.drop()
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
      intake.add(chunk)
      work()
    },
    async finish(exitCode) {
      isFinished = true
      intake.end()
      while (pumping !== undefined) await pumping
      if (!isBroken) await tell(deps.dialogue.end(exitCode)).catch(fault)
    },
  }
}
