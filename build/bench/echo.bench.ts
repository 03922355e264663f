import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { scratchFolder } from './sample-tree.ts'
import { peer } from './stream/scene.ts'
import { openStage, type Stage, type StartedRun } from './stream/stage.ts'

const PAIRS = 10
const KEYS = 60
// A quick typist; the ninety-fifth of a hundred keys is the one that is noticed.
const PAUSE_MS = 10
const AGENTS = 8
// At most so many times what it takes while nothing else runs, and never more than this.
const TIMES_IDLE = 10
const LIMIT_MS = 75

/**
 * Measure 7: from a key to its echo in the client's hands, p95, while eight agents print without end and are
 * looked at by the same client; against the same while nothing else runs.
 */
export const bench = {
  id: '7',
  name: `echo of a key, p95, beside ${AGENTS} × yes: the worse of ${TIMES_IDLE} × idle and ${LIMIT_MS} ms`,
  target: { max: 1 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const dir = scratchFolder()
    const stage = await openStage(dir, {
      // The terminal itself echoes what is typed.
      shell: { command: '/bin/cat', interactive: { args: [], leave: '\u0004' } },
      endless: { command: '/usr/bin/yes', maxConcurrent: AGENTS },
    })
    const pairs = []
    const shown = { idle: 0, busy: 0 }
    try {
      const { run } = await stage.start('shell', { isInteractive: true })
      for (let i = -1; i < PAIRS; i += 1) {
        const idle = await echo(stage, run, [])
        const agents = await Promise.all(
          Array.from({ length: AGENTS }, () => stage.start('endless')),
        )
        await sleep(500)
        const busy = await echo(
          stage,
          run,
          agents.map((one) => one.run),
        )
        await end(agents)
        if (i < 0) continue
        pairs.push({ ours: busy, limit: Math.min(TIMES_IDLE * idle, LIMIT_MS) })
        shown.idle += idle / PAIRS
        shown.busy += busy / PAIRS
      }
    } finally {
      await stage.close()
      rmSync(dir, { recursive: true, force: true })
    }
    return {
      pairs,
      extra: `${shown.busy.toFixed(1)} ms, idle ${shown.idle.toFixed(1)} ms`,
    }
  },
}

/** The ninety-fifth percentile of the times of the keys. */
async function echo({ port, token }: Stage, run: string, beside: readonly string[]) {
  const of = { size: 1, rounds: KEYS, pauseMs: PAUSE_MS }
  const { rounds } = await peer({ kind: 'type', port, token, run, beside, ...of })
  return rounds.toSorted((a, b) => a - b)[Math.floor(KEYS * 0.95)] ?? Number.NaN
}

async function end(agents: readonly StartedRun[]): Promise<void> {
  for (const { handle } of agents) handle.cancel('cancelled')
  await Promise.all(agents.map(({ handle }) => handle.done))
}
