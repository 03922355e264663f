import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { type Paint, plainPaint, type Tone } from './format.ts'

/** Where a command speaks. Fakes of it make commands testable. */
export interface Screen {
  /** A line of the result, on standard output. */
  line(text: string): void
  /** A line about the result, on standard error. */
  note(text: string): void
  paint: Paint
  /** The same for notes, which may go elsewhere. */
  notePaint: Paint
  /** A person sits at both ends and can be asked. */
  interactive: boolean
  columns(): number
  rows(): number
  /** Lines that are drawn over again in place; `clear` takes them away. */
  draw(lines: readonly string[]): void
  clear(): void
  ask(question: string, signal: AbortSignal): Promise<string>
  /** All of standard input. */
  input(): Promise<string>
}

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  good: 'green',
  bad: 'red',
  wait: 'yellow',
  dim: 'dim',
  strong: 'bold',
}

// What a terminal without a size is taken for (the size of a VT100).
const COLUMNS = 80
const ROWS = 24

/** The screen of this process. A reader that goes away (`| head`) ends the output, not the work. */
export function createScreen({
  stdin,
  stdout,
  stderr,
}: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'> = process): Screen {
  for (const stream of [stdout, stderr]) stream.on('error', ignoreBrokenPipe)
  const live = createLogUpdate(stdout, { showCursor: true })
  return {
    line: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    paint: painter(stdout),
    notePaint: painter(stderr),
    interactive: stdin.isTTY === true && stdout.isTTY === true,
    columns: () => stdout.columns ?? COLUMNS,
    rows: () => stdout.rows ?? ROWS,
    draw: (lines) => live(lines.join('\n')),
    clear: () => live.clear(),
    input: () => text(stdin),
    async ask(question, signal) {
      // It was let go after the question before this one.
      stdin.ref()
      // Without a line editor of its own the terminal keeps sending Ctrl-C as a signal.
      const reader = createInterface({ input: stdin, output: stdout, terminal: false })
      try {
        return await reader.question(question, { signal })
      } finally {
        reader.close()
        stdin.pause()
        // A paused terminal must not keep a finished command alive.
        stdin.unref()
      }
    },
  }
}

function painter(stream: WriteStream): Paint {
  if (!stream.isTTY) return plainPaint
  // styleText looks at NO_COLOR and the like itself.
  return (tone, words) => styleText(STYLES[tone], words, { stream })
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
}
