import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Something git began in a working tree and has not ended. */
export interface Operation {
  name: 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect'
  /** Full names of branches that it will move or return to, though HEAD is not on them. */
  branches: string[]
}

/**
 * What is in progress in the working tree of `gitDir`, by git's own marks (wt-status.c,
 * `wt_status_get_state`; worktree.c, `is_worktree_being_rebased`).
 */
export function readOperations(gitDir: string): Operation[] {
  return [
    marked(gitDir, 'MERGE_HEAD', 'merge'),
    marked(gitDir, 'CHERRY_PICK_HEAD', 'cherry-pick'),
    marked(gitDir, 'REVERT_HEAD', 'revert'),
    // Between two picks of a series neither of the two heads is there.
    marked(gitDir, 'sequencer/todo', 'cherry-pick'),
    rebase(gitDir, 'rebase-merge'),
    rebase(gitDir, 'rebase-apply'),
    bisect(gitDir),
  ].filter((operation) => operation !== undefined)
}

function marked(gitDir: string, mark: string, name: Operation['name']): Operation | undefined {
  return readMark(gitDir, mark) === undefined ? undefined : { name, branches: [] }
}

function rebase(gitDir: string, folder: string): Operation | undefined {
  if (!existsSync(join(gitDir, folder))) return undefined
  const [head = '', updates = ''] = ['head-name', 'update-refs'].map((mark) =>
    readMark(gitDir, `${folder}/${mark}`),
  )
  const branches = `${head}\n${updates}`.split('\n')
  return { name: 'rebase', branches: branches.filter((line) => line.startsWith('refs/heads/')) }
}

function bisect(gitDir: string): Operation | undefined {
  if (readMark(gitDir, 'BISECT_LOG') === undefined) return undefined
  const start = (readMark(gitDir, 'BISECT_START') ?? '').trim()
  return { name: 'bisect', branches: start === '' ? [] : [`refs/heads/${start}`] }
}

/** A mark's text; nothing when it is not there. Sync: a dozen looks that find nothing, in a tenth of a millisecond. */
export function readMark(gitDir: string, mark: string): string | undefined {
  const path = join(gitDir, mark)
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined
}
