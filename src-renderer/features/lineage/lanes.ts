import type { SessionCommit } from '../../../src-shared/contract/index.ts'

/** A commit in its column, and the lines that pass it on the way down to older ones. Columns from 0. */
export interface LaneRow {
  commit: SessionCommit
  column: number
  /** From this row's columns to the next row's. */
  lines: readonly { from: number; to: number }[]
}

/** The graph of a history that is newest first. Pure; one pass. */
export function lanesOf(history: readonly SessionCommit[]): LaneRow[] {
  // What each column waits for: the commit it leads down to.
  let waiting: (string | undefined)[] = []
  return history.map((commit) => {
    const found = waiting.indexOf(commit.commit)
    const column = found < 0 ? freeColumn(waiting) : found
    const next = waiting.map((id) => (id === commit.commit ? undefined : id))
    const lines: { from: number; to: number }[] = []
    next.forEach((id, at) => {
      if (id !== undefined) lines.push({ from: at, to: at })
    })
    commit.parents.forEach((parent, index) => {
      const known = next.indexOf(parent)
      const to = known >= 0 ? known : index === 0 ? column : freeColumn(next)
      next[to] = parent
      lines.push({ from: column, to })
    })
    waiting = next
    return { commit, column, lines }
  })
}

function freeColumn(columns: readonly (string | undefined)[]): number {
  const free = columns.indexOf(undefined)
  return free < 0 ? columns.length : free
}
