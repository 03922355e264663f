import { type Failure, fail, ok, type Result } from '../base/index.ts'
import type { Git } from './exec.ts'
import type { UserRepository } from './repository.ts'

/** The branch that Save moves, by its short name, and the commit it is at. */
export interface Target {
  target: string
  commit: string
}

/**
 * Chooses the target: the branch wanted (it must exist), else `main`, else the current branch.
 * `no_commit` when the current branch is the choice and has no commit yet.
 */
export async function chooseTarget(
  git: Git,
  repository: UserRepository,
  wanted?: string,
): Promise<Result<Target, Failure<'target_missing' | 'no_commit'>>> {
  if (wanted !== undefined) {
    const commit = await branchCommit(git, repository, wanted)
    if (commit) return ok({ target: wanted, commit })
    return fail('target_missing', `there is no branch ${JSON.stringify(wanted)}`)
  }
  const main = await branchCommit(git, repository, 'main')
  if (main) return ok({ target: 'main', commit: main })
  const head = await git.run(repository.place, ['symbolic-ref', '--quiet', 'HEAD'], { expect: [1] })
  const current = /^refs\/heads\/(.+)\n$/.exec(head.stdout.toString('utf8'))?.[1]
  if (!current) {
    return fail('target_missing', 'there is no branch main, and HEAD is not on a branch')
  }
  const commit = await branchCommit(git, repository, current)
  if (commit) return ok({ target: current, commit })
  return fail('no_commit', `the current branch ${current} has no commit yet`)
}

async function branchCommit(
  git: Git,
  repository: UserRepository,
  branch: string,
): Promise<string | undefined> {
  // Before anything is asked for by that name: a NUL ends an argument, and an empty one names all branches.
  if (branch === '' || branch.includes('\0')) return undefined
  const found = await git.run(
    repository.place,
    ['show-ref', '--verify', '--hash', '--', `refs/heads/${branch}`],
    { expect: [1, 128] },
  )
  return found.exitCode === 0 ? found.stdout.toString('utf8').trim() : undefined
}

/**
 * How many paths of the origin checkout differ from its HEAD, untracked ones included and ignored ones
 * not. Never writes the index (GIT_OPTIONAL_LOCKS=0) and never looks into submodules.
 */
export async function countUncommitted(git: Git, repository: UserRepository): Promise<number> {
  const { stdout } = await git.run(repository.place, [
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=all',
    '--ignore-submodules=all',
  ])
  return stdout.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0)
}
