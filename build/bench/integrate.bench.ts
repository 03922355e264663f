import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  agentIdentity,
  composeMessage,
  type Mirror,
  mergeCommits,
  updateRefs,
} from '../../src-main/git/index.ts'
import {
  makeSampleRepository,
  openSampleMirror,
  rawGit,
  samplePath,
  scratchFolder,
  timed,
} from './sample-tree.ts'

const PAIRS = 10
const BRANCH = 'refs/heads/session/bench/integration'

interface Sides {
  base: string
  tasks: string[]
}

/** Measure 3: one task merged and the integration branch moved, against the processes it cannot do without. */
export const bench = {
  id: '3',
  name: 'integrate one task without conflict / 3 × git --version + merge-tree',
  target: { max: 1.5 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra?: string }> {
    const dir = scratchFolder()
    try {
      const root = makeSampleRepository(dir)
      const sides = makeTasks(root)
      const mirror = await openSampleMirror(dir, root)
      await updateRefs(mirror, [{ ref: BRANCH, to: sides.tasks[0] ?? '' }])
      return await measure(mirror, root, sides)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

async function measure(mirror: Mirror, root: string, { tasks }: Sides) {
  const pairs: { ours: number; limit: number; merge: number }[] = []
  let head = tasks[0] ?? ''
  for (const task of tasks.slice(1)) {
    const limit = await timed(() => {
      for (let i = 0; i < 3; i += 1) rawGit(root, '--version')
      rawGit(mirror.dir, 'merge-tree', '--write-tree', head, task)
    })
    const from = head
    const ours = await timed(async () => {
      head = await integrate(mirror, from, task)
    })
    rawGit(root, 'checkout', '-q', '--detach', from)
    const merge = await timed(() => rawGit(root, 'merge', '-q', '--no-ff', '-m', 'x', task))
    // Two rounds warm up: the first merge of a base also reads its attributes.
    pairs.push({ ours, limit, merge })
    rawGit(root, 'fetch', '-q', mirror.dir, head)
  }
  const counted = pairs.slice(-PAIRS)
  const shares = counted.map(({ ours, merge }) => ours / merge).sort((a, b) => a - b)
  const share = shares[Math.floor(shares.length / 2)] ?? 0
  return { pairs: counted, extra: `${share.toFixed(2)} of git merge (target 0.10)` }
}

async function integrate(mirror: Mirror, from: string, theirs: string): Promise<string> {
  const message = composeMessage({ subject: 'Integrate', trailers: [['Session', 'bench']] })
  const author = agentIdentity('Codex')
  const merged = await mergeCommits(mirror, { ours: from, theirs, message, author })
  if (!merged.ok) throw new Error(merged.error.message)
  const moved = await updateRefs(mirror, [{ ref: BRANCH, to: merged.value.commit, from }])
  if (!moved.ok) throw new Error(moved.error.message)
  return merged.value.commit
}

/** Tasks from one base, each with a file of its own. */
function makeTasks(root: string): Sides {
  const base = rawGit(root, 'rev-parse', 'HEAD')
  const tasks = Array.from({ length: PAIRS + 3 }, (_, i) => {
    rawGit(root, 'checkout', '-q', '-B', `task${i}`, base)
    writeFileSync(join(root, samplePath(i * 37)), `export const changed = ${i}\n`)
    rawGit(root, 'commit', '-q', '-a', '-m', `task ${i}`)
    return rawGit(root, 'rev-parse', 'HEAD')
  })
  return { base, tasks }
}
