import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { silentLog, systemClock } from '../../src-main/base/index.ts'
import { createEvents } from '../../src-main/events/index.ts'
import { openStorage } from '../../src-main/storage/index.ts'
import { scratchFolder } from './sample-tree.ts'

const PAIRS = 10
// About 100 ms a side: long against a scheduler's slice, with a checkpoint of the WAL in every one.
const APPENDS = 600
// The WAL grows to its size once, in the first 500 commits; from then on it is written over.
const WARM_UPS = 2
const PAGE = Buffer.alloc(4_096, 1)
const PAGES = 1_000

/** Measure 9: one event, durable when `commit` returns, against the bare flush of one page. Both are rates. */
export const bench = {
  id: '9',
  name: 'durable event append / fdatasync of 4 KiB',
  target: { min: 0.8 },
  run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const dir = scratchFolder()
    const opened = openStorage({ dir: join(dir, 'data'), clock: systemClock, log: silentLog })
    if (!opened.ok) throw new Error(opened.error.message)
    const storage = opened.value
    const events = createEvents({ storage, clock: systemClock })
    const append = () =>
      events.commit((_, emit) =>
        emit({
          type: 'project.added',
          actor: 'orchestrator',
          data: { projectId: 'p', path: '/some/repository' },
        }),
      )
    // The stricter limit of the two: an allocated file is flushed twice as fast as one that grows.
    const file = openSync(join(dir, 'limit'), 'w')
    for (let page = 0; page < PAGES; page += 1) writeSync(file, PAGE)
    fdatasyncSync(file)
    let written = 0
    const flush = () => {
      writeSync(file, PAGE, 0, PAGE.length, (written % PAGES) * PAGE.length)
      fdatasyncSync(file)
      written += 1
    }
    try {
      const pairs = []
      for (let i = -WARM_UPS; i < PAIRS; i += 1) {
        const pair = { limit: rate(flush), ours: rate(append) }
        if (i >= 0) pairs.push(pair)
      }
      const [slowest] = pairs.map(({ ours }) => ours).sort((a, b) => a - b)
      return Promise.resolve({ pairs, extra: `at least ${Math.round(slowest ?? 0)} a second` })
    } finally {
      storage.close()
      closeSync(file)
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

/** Calls a second. */
function rate(work: () => unknown): number {
  const begin = performance.now()
  for (let i = 0; i < APPENDS; i += 1) work()
  return (APPENDS * 1_000) / (performance.now() - begin)
}
