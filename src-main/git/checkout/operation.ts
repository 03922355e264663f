import { readFile } from 'node:fs/promises'
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
export async function readOperations(gitDir: string): Promise<Operation[]> {
  const found = await Promise.all([
    marked(gitDir, 'MERGE_HEAD', 'merge'),
    marked(gitDir, 'CHERRY_PICK_HEAD', 'cherry-pick'),
    marked(gitDir, 'REVERT_HEAD', 'revert'),
    // Between two picks of a series neither of the two heads is there.
    marked(gitDir, 'sequencer/todo', 'cherry-pick'),
    rebase(gitDir, 'rebase-merge'),
    rebase(gitDir, 'rebase-apply'),
    bisect(gitDir),
  ])
  return found.filter((operation) => operation !== undefined)
}

async function marked(
  gitDir: string,
  mark: string,
  name: Operation['name'],
): Promise<Operation | undefined> {
  return (await readMark(gitDir, mark)) === undefined ? undefined : { name, branches: [] }
}

async function rebase(gitDir: string, folder: string): Promise<Operation | undefined> {
  const [head, updates, ...present] = await Promise.all(
    ['head-name', 'update-refs', 'onto', 'next', 'applying'].map((mark) =>
      readMark(gitDir, `${folder}/${mark}`),
    ),
  )
  if (head === undefined && present.every((mark) => mark === undefined)) return undefined
  const branches = `${head ?? ''}\n${updates ?? ''}`.split('\n')
  return { name: 'rebase', branches: branches.filter((line) => line.startsWith('refs/heads/')) }
}

async function bisect(gitDir: string): Promise<Operation | undefined> {
  if ((await readMark(gitDir, 'BISECT_LOG')) === undefined) return undefined
  const start = ((await readMark(gitDir, 'BISECT_START')) ?? '').trim()
  return { name: 'bisect', branches: start === '' ? [] : [`refs/heads/${start}`] }
}

/** A mark's text; nothing when it is not there. */
export async function readMark(gitDir: string, mark: string): Promise<string | undefined> {
  try {
    return await readFile(join(gitDir, mark), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
