import { rmSync } from 'node:fs'
import { ok } from '../../src-main/base/index.ts'
import { restoreCheckpoint, saveCheckpoint } from '../../src-main/git/index.ts'
import { rawGit, scratchFolder, timed } from './sample-tree.ts'
import { makeSaveScene, outliveSecond, type SaveScene } from './save-scene.ts'

const PAIRS = 10
const WARM_UP = 2
const FILES = 300

/** Measure 5: a roll back where 300 of 10,000 files differ, against git writing the same files and index. */
export const bench = {
  id: '5',
  name: 'roll back 300 of 10,000 files / git read-tree -u -m of the same trees',
  target: { max: 1.3 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra?: string }> {
    const dir = scratchFolder()
    try {
      const scene = await makeSaveScene(dir, { commits: 1, files: FILES })
      return { pairs: (await measure(scene)).slice(WARM_UP) }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

async function measure(scene: SaveScene) {
  const { root, mirror, journal, commits } = scene
  const [base = '', changed = ''] = commits
  const saved = await saveCheckpoint(mirror, {
    journal,
    session: 'bench',
    target: 'main',
    from: base,
    to: changed,
    n: 1,
    tagMessage: 'Checkpoint 1\n',
  })
  if (!saved.ok) throw new Error(saved.error.message)
  const pairs: { ours: number; limit: number }[] = []
  for (let n = 2; n < PAIRS + WARM_UP + 2; n += 1) {
    // There and back again: every round differs in the same files.
    const to = n % 2 === 0 ? base : changed
    const head = rawGit(root, 'rev-parse', 'main')
    await outliveSecond()
    const limit = await timed(() => rawGit(root, 'read-tree', '-u', '-m', head, to))
    rawGit(root, 'read-tree', '-u', '-m', to, head)
    await outliveSecond()
    const ours = await timed(() => restore(scene, n, to))
    pairs.push({ ours, limit })
  }
  return pairs
}

async function restore({ mirror, journal }: SaveScene, n: number, commit: string): Promise<void> {
  const restored = await restoreCheckpoint(mirror, {
    journal,
    session: 'bench',
    target: 'main',
    checkpoint: { n: 0, commit },
    n,
    tagMessage: `Checkpoint ${n}\n`,
    message: 'Restore\n',
    isOurs: () => true,
    includeForeign: false,
    // Merging into integration is measure 3.
    integrate: (to) => Promise.resolve(ok({ ref: `refs/heads/session/bench/${n}`, to, from: '' })),
  })
  if (!restored.ok) throw new Error(`${restored.error.code}: ${restored.error.message}`)
  journal.remove(restored.value.journalId)
}
