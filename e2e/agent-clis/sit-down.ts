import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import headless from '@xterm/headless'
import { type Ground, type GroundRun, until } from './ground.ts'

/** Somebody at the terminal of an interactive run. */
export interface Person {
  run: GroundRun
  /** What is on the screen, and its title. */
  screen(): string
  title(): string
  /** Waits until the screen or the title shows it; says what was there instead. */
  sees(wanted: RegExp): Promise<void>
  /** Pastes a text and sends it off. */
  says(text: string): Promise<void>
}

const SIZE = { cols: 120, rows: 40 }
const LOOK_MS = 50
// Typed in one go with the text, the carriage return counts as a part of it.
const KEY_GAP_MS = 400
// A CLI that has drawn its prompt listens a moment later.
const READY_MS = 1_000

/** Opens the conversation for a person, at a terminal that answers what programs ask of one. */
export async function sitDown(
  ground: Ground,
  runId: string,
  resume: string | undefined,
): Promise<Person> {
  const run = ground.start(runId, '', {
    interactive: SIZE,
    ...(resume === undefined ? {} : { resume }),
  })
  const terminal = new headless.Terminal({ ...SIZE, allowProposedApi: true })
  let title = ''
  terminal.onTitleChange((given) => {
    title = given
  })
  terminal.onData((answer) => run.write(answer))
  await run.started
  let shown = 0
  const looking = setInterval(() => {
    const bytes = printed(ground, runId)
    if (bytes.length > shown) terminal.write(bytes.subarray(shown))
    shown = Math.max(shown, bytes.length)
  }, LOOK_MS)
  void run.done.then(() => clearInterval(looking))
  const screen = () => {
    const { active } = terminal.buffer
    const rows = Array.from({ length: active.length }, (_, y) => active.getLine(y))
    return rows.map((row) => row?.translateToString(true) ?? '').join('\n')
  }
  return {
    run,
    screen,
    title: () => title,
    async sees(wanted) {
      const isThere = () => wanted.test(title) || wanted.test(screen())
      await until(isThere)
      if (!isThere()) throw new Error(`never saw ${wanted}; title: ${title}; screen:\n${screen()}`)
    },
    async says(text) {
      await sleep(READY_MS)
      run.write(`\u001b[200~${text}\u001b[201~`)
      await sleep(KEY_GAP_MS)
      run.write('\r')
    },
  }
}

/** What the run printed so far. */
function printed({ dir }: Ground, runId: string): Buffer {
  try {
    return readFileSync(join(dir, 'runs', runId, 'raw.log'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}
