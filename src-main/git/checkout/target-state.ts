import { readFileSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import { readOperations } from './operation.ts'

/** Where the target is, and whether the origin checkout shows it. */
export interface TargetState {
  /** The branch itself, in full; where the target's name is a symbolic ref, the branch behind it. */
  ref: string
  commit: string
  checkedOut: boolean
  /** The text of HEAD when this was read: a later look at it tells whether another branch was taken. */
  head: string
}

export type TargetRefusal = Failure<
  'target_missing' | 'target_checked_out_elsewhere' | 'operation_in_progress'
>

interface Reading {
  git: Git
  repository: UserRepository
}

// A chain of symbolic refs longer than git itself follows (SYMREF_MAXDEPTH).
const CHAIN = 5

/**
 * Reads the target's commit and who has it checked out. Refuses when it is missing, or when another
 * worktree of the user has it checked out or is about to come back to it.
 */
export async function readTarget(
  reading: Reading,
  target: string,
): Promise<Result<TargetState, TargetRefusal>> {
  const { repository } = reading
  // Before git is asked: a change in between shows as a difference later.
  const head = readFileSync(join(repository.gitDir, 'HEAD'), 'utf8')
  const [branch, others] = await Promise.all([
    readBranch(reading, `refs/heads/${target}`),
    otherWorktrees(reading),
  ])
  if (!branch) return fail('target_missing', `there is no branch ${target}`)
  const elsewhere = others.find(({ branches }) => branches.includes(branch.ref))
  if (elsewhere) {
    return fail('target_checked_out_elsewhere', `${target} is checked out in ${elsewhere.path}`, {
      details: { worktree: elsewhere.path },
    })
  }
  const underway = readOperations(repository.gitDir).find(
    ({ branches }) => branch.checkedOut || branches.includes(branch.ref),
  )
  if (underway) {
    return fail('operation_in_progress', `a ${underway.name} is in progress`, {
      details: { operation: underway.name },
    })
  }
  return ok({ ...branch, head })
}

interface Branch {
  ref: string
  commit: string
  checkedOut: boolean
}

async function readBranch({ git, repository }: Reading, name: string): Promise<Branch | undefined> {
  let ref = name
  for (let link = 0; link < CHAIN; link += 1) {
    const listed = await git.text(repository.place, [
      'for-each-ref',
      '--format=%(refname)%00%(objectname)%00%(HEAD)%00%(symref)',
      ref,
    ])
    const line = listed.split('\n').find((candidate) => candidate.startsWith(`${ref}\0`))
    const [, commit, star, symbolic] = line?.split('\0') ?? []
    if (!commit) return undefined
    if (!symbolic) return { ref, commit, checkedOut: star === '*' }
    ref = symbolic
  }
  return undefined
}

interface OtherWorktree {
  path: string
  /** Branches that it has checked out, rebases or bisects. */
  branches: string[]
}

async function otherWorktrees({ git, repository }: Reading): Promise<OtherWorktree[]> {
  const { gitDir, commonDir, root, place } = repository
  const names = await linkedNames(commonDir)
  const linked = gitDir !== commonDir
  if (names.length === 0 && !linked) return []
  const gitDirs = [commonDir, ...names.map((name) => join(commonDir, 'worktrees', name))]
  const listed = await git.text(place, ['worktree', 'list', '--porcelain', '-z'])
  const underway = gitDirs.filter((dir) => dir !== gitDir).map(inProgress)
  const standing = await Promise.all(
    listed
      .split('\0\0')
      .filter((block) => block.startsWith('worktree '))
      .map(async (block, n) => {
        const path = block.split('\0', 1)[0]?.slice('worktree '.length) ?? ''
        // The first is the main working tree, whose path git can only guess when its folder lies elsewhere.
        const own = n === 0 ? !linked : linked && (await resolved(path)) === root
        const branch = /\0branch ([^\0]+)/.exec(block)?.[1]
        return own || branch === undefined ? [] : [{ path, branches: [branch] }]
      }),
  )
  return [...standing.flat(), ...underway]
}

function inProgress(gitDir: string): OtherWorktree {
  const operations = readOperations(gitDir)
  return { path: gitDir, branches: operations.flatMap(({ branches }) => branches) }
}

async function linkedNames(commonDir: string): Promise<string[]> {
  try {
    return await readdir(join(commonDir, 'worktrees'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The path with links resolved; a worktree whose folder is gone keeps its name. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path
    throw error
  }
}
