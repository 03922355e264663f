import type { FileStat } from './stats.ts'

/** A piece of a file's change; each line starts with ` `, `+`, `-` or `\` (no line feed at the end). */
export interface Hunk {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  /** What git shows after the counts: the function the hunk is in. */
  section: string
  lines: string[]
}

/**
 * Reads the hunks of `wanted` files out of a patch that git wrote for exactly `stats`, in their order.
 * Content cannot be taken for a header: every line of a hunk has its mark in front, and counts say where
 * a hunk ends.
 */
export function parsePatch(
  patch: string,
  stats: readonly FileStat[],
  wanted: ReadonlySet<FileStat>,
): Map<FileStat, Hunk[]> {
  const found = new Map<FileStat, Hunk[]>()
  // Only a line feed ends a line here; `m` and `.` know others, which stand in content.
  const sections = patch.split(/(?<![^\n])(?=diff --git )/).filter((text) => text !== '')
  let at = 0
  for (const stat of stats) {
    // A file that becomes a link is taken away and added: two sections.
    const count = stat.status === 'type_changed' ? 2 : 1
    const own = sections.slice(at, at + count)
    at += count
    if (wanted.has(stat)) found.set(stat, own.flatMap(hunksOf))
  }
  return found
}

function hunksOf(section: string): Hunk[] {
  const hunks: Hunk[] = []
  for (const line of section.split('\n')) {
    const [, oldStart, oldLines = '1', newStart, newLines = '1', title = ''] =
      /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?([^\n]*)$/.exec(line) ?? []
    if (oldStart !== undefined && newStart !== undefined) {
      hunks.push({
        oldStart: Number(oldStart),
        oldLines: Number(oldLines),
        newStart: Number(newStart),
        newLines: Number(newLines),
        section: title,
        lines: [],
      })
    } else if (/^[ +\-\\]/.test(line)) hunks.at(-1)?.lines.push(line)
  }
  return hunks
}
