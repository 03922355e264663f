import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ok } from '../../src-main/base/index.ts'
import {
  type Mirror,
  type Moved,
  openRepository,
  restoreCheckpoint,
} from '../../src-main/git/index.ts'
import { rawGit, scratchFolder, timed } from './sample-tree.ts'
import { makeSaveScene, outliveSecond, type SaveScene } from './save-scene.ts'

const PAIRS = 10
// The first reads everything for the first time.
const WARM_UP = 1
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
      const pairs = (await measure(scene, dir)).slice(WARM_UP)
      const shares = pairs.map(({ cleaned, limit }) => cleaned / limit).sort((a, b) => a - b)
      const share = shares[Math.floor(shares.length / 2)] ?? 0
      return { pairs, extra: `${share.toFixed(2)} until the replaced files are removed, too` }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

async function measure(scene: SaveScene, dir: string) {
  const { root, mirror, commits } = scene
  const [base = '', changed = ''] = commits
  rawGit(root, 'fetch', '-q', mirror.dir, 'session/bench/integration')
  rawGit(root, 'read-tree', '-u', '-m', base, changed)
  rawGit(root, 'update-ref', 'refs/heads/main', changed)
  // A clone for each: file systems are slow to hand out places of files that were deleted a moment ago, and
  // nobody rolls back ten times a minute.
  const clones = Array.from({ length: 2 * (PAIRS + WARM_UP) }, (_, n) => join(dir, `clone${n}`))
  for (const clone of clones) rawGit(dir, 'clone', '-q', '--local', root, clone)
  await outliveSecond()
  // Younger than the files: else git would compare contents of what was written in the index's own second.
  for (const clone of clones) rawGit(clone, 'update-index', '--force-write-index')
  execFileSync('sync')
  const pairs: { ours: number; limit: number; cleaned: number }[] = []
  for (let n = 0; n < clones.length; n += 2) {
    const [first = '', second = ''] = clones.slice(n, n + 2)
    const limit = await timed(() => void rawGit(first, 'read-tree', '-u', '-m', changed, base))
    const repository = await openRepository(mirror.git, second)
    if (!repository.ok) throw new Error(repository.error.message)
    const own = { ...scene, mirror: { ...mirror, repository: repository.value } }
    let cleaning: Promise<void> | undefined
    const ours = await timed(async () => {
      cleaning = (await restore(own, n, base)).cleaned
    })
    pairs.push({ limit, ours, cleaned: ours + (await timed(() => cleaning)) })
  }
  return pairs
}

async function restore(
  { mirror, journal }: { mirror: Mirror; journal: SaveScene['journal'] },
  n: number,
  commit: string,
): Promise<Moved> {
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
  return restored.value
}
