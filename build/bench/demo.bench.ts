import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { node, root } from '../setup.mjs'
import { scratchFolder, timed } from './sample-tree.ts'

const ROUNDS = 3
// Longer, and a person who tries it out wonders whether it hangs.
const LIMIT_SECONDS = 15

/** The demo as a person starts it, in a tree that is installed and built: five tasks, checked, merged, saved. */
export const bench = {
  id: 'demo',
  name: `demo from an installed tree / ${LIMIT_SECONDS} s`,
  target: { max: 1 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra: string }> {
    const dir = scratchFolder()
    try {
      const pairs = []
      for (let round = 0; round < ROUNDS; round += 1) {
        const data = join(dir, String(round))
        const ms = await timed(() =>
          // It throws unless the demo ends with 0, which it does only when the checkpoint exists.
          execFileSync(node, [join(root, 'build/start.mjs'), 'demo', '--data', data]),
        )
        pairs.push({ ours: ms / 1_000, limit: LIMIT_SECONDS })
      }
      const seconds = pairs.map(({ ours }) => ours.toFixed(1)).join(', ')
      return { pairs, extra: `${seconds} s` }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  },
}
