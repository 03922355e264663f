import { setTimeout as sleep } from 'node:timers/promises'
import headless from '@xterm/headless'
import { eventually } from './eventually.ts'

/** The terminal that somebody sits at: all that it has printed so far, and its keys. */
export interface Seat {
  cols: number
  rows: number
  printed(): Buffer
  type(keys: string): void
}

/** Somebody at the terminal of an interactive run. */
export interface Person {
  /** What is on the screen, what scrolled away included, and its title. */
  screen(): string
  title(): string
  /** Waits until the screen or the title shows it; says what was there instead. */
  sees(wanted: RegExp): Promise<void>
  /** Pastes a text, sends it off, and waits for what is answered. */
  asks(text: string, answer: RegExp): Promise<void>
  /** The window is another size: the program has to be told as well. */
  resized(cols: number, rows: number): void
  /** Goes away; the program stays. */
  close(): void
}

const LOOK_MS = 50
// Typed in one go with the text, the carriage return counts as a part of it.
const KEY_GAP_MS = 400
// A CLI that has drawn its prompt listens a moment later, and some keys are lost on one that is busy: whoever
// sees nothing come of a key presses it again.
const READY_MS = 1_000
const AGAIN_MS = 5_000
const TRIES = 12

/** A terminal that answers what programs ask of one: a CLI that gets no answer may wait for it. */
export function personAt(seat: Seat): Person {
  const { cols, rows } = seat
  const terminal = new headless.Terminal({ cols, rows, allowProposedApi: true })
  let title = ''
  terminal.onTitleChange((given) => {
    title = given
  })
  terminal.onData(seat.type)
  let shown = 0
  const looking = setInterval(() => {
    const bytes = seat.printed()
    if (bytes.length > shown) terminal.write(bytes.subarray(shown))
    shown = Math.max(shown, bytes.length)
  }, LOOK_MS)
  const screen = () => {
    const { active } = terminal.buffer
    const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y))
    return lines.map((line) => line?.translateToString(true) ?? '').join('\n')
  }
  const isSeen = (wanted: RegExp) => wanted.test(title) || wanted.test(screen())
  const unseen = (wanted: RegExp) => `never saw ${wanted}; title: ${title}; screen:\n${screen()}`
  const typeUntil = async (keys: string, wanted: RegExp) => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      seat.type(keys)
      const giveUp = Date.now() + AGAIN_MS
      while (Date.now() < giveUp) {
        if (isSeen(wanted)) return
        await sleep(LOOK_MS)
      }
    }
    throw new Error(unseen(wanted))
  }
  return {
    screen,
    title: () => title,
    async sees(wanted) {
      await eventually(
        () => isSeen(wanted),
        () => unseen(wanted),
      )
    },
    async asks(text, answer) {
      const [firstLine = ''] = text.split('\n')
      await sleep(READY_MS)
      await typeUntil(`\u001b[200~${text}\u001b[201~`, new RegExp(firstLine))
      await sleep(KEY_GAP_MS)
      await typeUntil('\r', answer)
    },
    resized: (width, height) => terminal.resize(width, height),
    close: () => clearInterval(looking),
  }
}
