import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { saveCheckpoint } from '../../src-main/git/index.ts'
import { rawGit, scratchFolder, timed } from './sample-tree.ts'
import { makeSaveScene, outliveSecond, type SaveScene } from './save-scene.ts'

const PAIRS = 10
// The first two read everything for the first time.
const WARM_UP = 2
const FILES = 10

/** Measure 4: a Save of ten changed files into a checked-out target, on the disk, against what it cannot do without. */
export const bench = {
  id: '4',
  name: 'Save, flushed / 5 × fdatasync + 3 processes',
  target: { max: 4 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra?: string }> {
    const dir = scratchFolder()
    try {
      const scene = await makeSaveScene(dir, { commits: PAIRS + WARM_UP, files: FILES })
      const pairs = (await measure(scene, dir)).slice(WARM_UP)
      const times = pairs.map(({ ours }) => ours).sort((a, b) => a - b)
      const p95 = times[Math.ceil(times.length * 0.95) - 1] ?? 0
      return { pairs, extra: `p95 ${p95.toFixed(0)} ms (target 150 ms)` }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

async function measure(scene: SaveScene, dir: string) {
  const pairs: { ours: number; limit: number }[] = []
  for (let n = 1; n < scene.commits.length; n += 1) {
    await outliveSecond()
    const limit = await timed(() => doLimit(dir))
    const ours = await timed(() => save(scene, n))
    pairs.push({ ours, limit })
  }
  return pairs
}

function doLimit(dir: string): void {
  const descriptor = openSync(join(dir, 'flushed'), 'a')
  for (let i = 0; i < 5; i += 1) {
    writeSync(descriptor, Buffer.alloc(4_096, i))
    fdatasyncSync(descriptor)
  }
  closeSync(descriptor)
  for (let i = 0; i < 3; i += 1) rawGit(dir, '--version')
}

async function save({ mirror, journal, commits }: SaveScene, n: number): Promise<void> {
  const saved = await saveCheckpoint(mirror, {
    journal,
    session: 'bench',
    target: 'main',
    from: commits[n - 1] ?? '',
    to: commits[n] ?? '',
    n,
    tagMessage: `Checkpoint ${n}\n`,
  })
  if (!saved.ok) throw new Error(`${saved.error.code}: ${saved.error.message}`)
  journal.remove(saved.value.journalId)
}
