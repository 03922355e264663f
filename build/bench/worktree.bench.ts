import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createWorktree } from '../../src-main/git/index.ts'
import {
  makeSampleRepository,
  openSampleMirror,
  rawGit,
  scratchFolder,
  timed,
} from './sample-tree.ts'

const PAIRS = 10

/** Measure 1: a worktree ready for its agent, against unpacking the same files. */
export const bench = {
  id: '1',
  name: 'worktree ready (10,000 files, 59 MB) / tar -x of the same tree',
  target: { max: 2.0 },
  async run(): Promise<{ pairs: { ours: number; limit: number }[]; extra?: string }> {
    const dir = scratchFolder()
    try {
      const root = makeSampleRepository(dir)
      const commit = rawGit(root, 'rev-parse', 'HEAD')
      execFileSync('tar', ['-cf', join(dir, 'sample.tar'), '--exclude=.git', '-C', root, '.'])
      const mirror = await openSampleMirror(dir, root)
      const pairs = []
      // The first pair warms the disk cache and is not counted.
      for (let i = 0; i <= PAIRS; i += 1) {
        const limit = await timed(() => {
          mkdirSync(join(dir, `tar${i}`))
          execFileSync('tar', ['-xf', join(dir, 'sample.tar'), '-C', join(dir, `tar${i}`)])
        })
        const place = { dir: join(dir, `task${i}`), branch: `session/b/${i}`, commit }
        const ours = await timed(() => createWorktree(mirror, place))
        if (i > 0) pairs.push({ ours, limit })
        for (const name of [`tar${i}`, `task${i}`]) rmSync(join(dir, name), { recursive: true })
      }
      return { pairs }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  },
}
