import type { Mirror } from '../mirror.ts'
import { type Hunk, parsePatch } from './patch.ts'
import { type FileStat, parseStats } from './stats.ts'

/** One file of a difference. `hunks` is missing when it is binary or `cut`. */
export interface FileDiff extends FileStat {
  hunks?: Hunk[]
  /** True when the hunks were left out for their size. */
  cut?: boolean
}

// A file of more changed lines than this is not read line by line; its counts tell enough.
const MAX_FILE_LINES = 5_000
// All of them together: a page that one can scroll, and some megabytes on the wire.
const MAX_LINES = 50_000
// Past this git treats a file as binary here; a line of a megabyte is nothing to show.
const MAX_TEXT = '1m'

/**
 * What differs between two commits or trees: files in git's order with counts, renames found, hunks with
 * three lines of context. No external program and no text conversion is ever run.
 */
export async function diff(
  mirror: Mirror,
  { from, to }: { from: string; to: string },
): Promise<FileDiff[]> {
  const stats = parseStats(await run(mirror, ['--raw', '--numstat', '-z'], { from, to }))
  const wanted = withinLimits(stats)
  if (wanted.size === 0) return stats.map((stat) => complete(stat, undefined))
  const patch = await run(mirror, ['--patch', '--unified=3'], { from, to })
  const hunks = parsePatch(patch.toString('utf8'), stats, wanted)
  return stats.map((stat) => complete(stat, hunks.get(stat)))
}

function complete(stat: FileStat, hunks: Hunk[] | undefined): FileDiff {
  if (stat.binary) return stat
  return hunks ? { ...stat, hunks } : { ...stat, cut: true }
}

function withinLimits(stats: readonly FileStat[]): Set<FileStat> {
  const wanted = new Set<FileStat>()
  let lines = 0
  for (const stat of stats) {
    const own = stat.added + stat.removed
    if (stat.binary || own > MAX_FILE_LINES || lines + own > MAX_LINES) continue
    lines += own
    wanted.add(stat)
  }
  return wanted
}

async function run(
  mirror: Mirror,
  format: readonly string[],
  { from, to }: { from: string; to: string },
): Promise<Buffer> {
  const args = [
    'diff-tree',
    '-r',
    '-M',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--full-index',
    '--ignore-submodules=none',
    '--submodule=short',
    ...format,
    '--end-of-options',
    from,
    to,
  ]
  const config = { 'core.bigFileThreshold': MAX_TEXT, 'diff.noprefix': 'false' }
  return (await mirror.git.run(mirror.place, args, { config })).stdout
}
