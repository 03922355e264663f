/** How a file differs. Counts are lines; a binary file has none. Modes as git writes them (`100755`). */
export interface FileStat {
  path: string
  oldPath?: string
  status: 'added' | 'deleted' | 'modified' | 'renamed' | 'type_changed'
  added: number
  removed: number
  binary: boolean
  oldMode: string
  newMode: string
}

const STATUS: Readonly<Record<string, FileStat['status']>> = {
  A: 'added',
  C: 'added',
  D: 'deleted',
  M: 'modified',
  R: 'renamed',
  T: 'type_changed',
}

/** Reads `git diff-tree --raw --numstat -z` (git-diff-tree(1), "Raw output format", "Other diff formats"). */
export function parseStats(output: Buffer): FileStat[] {
  const fields = output.toString('utf8').split('\0')
  const stats: FileStat[] = []
  let at = 0
  for (; fields[at]?.startsWith(':'); ) {
    const [oldMode = '', newMode = '', , , code = ''] = (fields[at] ?? '').slice(1).split(' ')
    const status = STATUS[code.charAt(0)] ?? 'modified'
    const isMoved = /^[RC]/.test(code)
    const [first = '', second = ''] = fields.slice(at + 1, at + 3)
    stats.push({
      path: isMoved ? second : first,
      ...(status === 'renamed' ? { oldPath: first } : {}),
      status,
      ...{ added: 0, removed: 0, binary: false },
      oldMode,
      newMode,
    })
    at += isMoved ? 3 : 2
  }
  // The counts follow in the same order, a type change with one line.
  for (const stat of stats) {
    const [added = '', removed = '', path = ''] = (fields[at] ?? '').split('\t')
    stat.binary = added === '-'
    stat.added = Number(added) || 0
    stat.removed = Number(removed) || 0
    // An empty path: two follow, of a rename.
    at += path === '' ? 3 : 1
  }
  return stats
}
