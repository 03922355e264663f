import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { silentLog, systemClock } from '../../src-main/base/index.ts'
import { createEvents } from '../../src-main/events/index.ts'
import { openStorage } from '../../src-main/storage/index.ts'
import { scratchFolder } from './sample-tree.ts'
import { openScene, peer } from './stream/scene.ts'

const PAIRS = 20
const EVENTS = 1_000
// What is read as at once.
const LIMIT_MS = 100

/** A thousand stored events to a client that has none, from its call to the word that it has caught up. */
export const bench = {
  id: 'new-client',
  name: `${EVENTS} events to a new client / ${LIMIT_MS} ms`,
  target: { max: 1 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const dir = scratchFolder()
    const opened = openStorage({ dir: join(dir, 'data'), clock: systemClock, log: silentLog })
    if (!opened.ok) throw new Error(opened.error.message)
    const storage = opened.value
    const events = createEvents({ storage, clock: systemClock })
    events.commit((_, emit) => {
      for (let i = 0; i < EVENTS; i += 1) emit(outputEvent(i))
    })
    const { port, token, close } = await openScene({ events })
    const pairs = []
    const bare = []
    try {
      for (let i = -1; i < PAIRS; i += 1) {
        const begin = performance.now()
        JSON.stringify(events.since(0))
        const reading = performance.now() - begin
        const { ms, size } = await peer({ kind: 'events', port, token })
        if (size !== EVENTS) throw new Error(`${size} events came`)
        if (i < 0) continue
        pairs.push({ ours: ms, limit: LIMIT_MS })
        bare.push(reading)
      }
    } finally {
      await close()
      storage.close()
      rmSync(dir, { recursive: true, force: true })
    }
    const worst = Math.max(...pairs.map(({ ours }) => ours))
    const read = bare.toSorted((a, b) => a - b)[PAIRS / 2] ?? 0
    return { pairs, extra: `at most ${worst.toFixed(0)} ms; reading alone ${read.toFixed(0)} ms` }
  },
}

/** What most events are: something that an agent's output says. */
const outputEvent = (i: number) => ({
  type: 'run.output' as const,
  actor: 'run:r1',
  data: {
    item: {
      kind: 'command' as const,
      command: `npm test -- part${i}`,
      state: 'ended' as const,
      output: 'ok 1 - it does\n'.repeat(10),
      exitCode: 0,
    },
  },
})
