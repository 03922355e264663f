import { type Failure, fail, ok, type Result } from '../base/index.ts'
import { GitError } from './exec.ts'
import type { Mirror } from './mirror.ts'

/** A move of one ref. `to` or `from` `''` means that the ref does not exist; no `from`: whatever it is. */
export interface RefUpdate {
  ref: string
  to: string
  from?: string
}

// git's refs/files-backend.c and builtin/update-ref.c, under LC_ALL=C: the ref is not what was expected.
const MOVED = /is at [0-9a-f]+ but expected|reference already exists|unable to resolve reference/

/** The commit (or tag object) a full ref name points to, or nothing. */
export async function readRef(mirror: Mirror, ref: string): Promise<string | undefined> {
  const { git, place } = mirror
  const found = await git.run(place, ['show-ref', '--verify', '--hash', '--', ref], {
    expect: [1, 128],
  })
  if (found.exitCode === 0) return found.stdout.toString('utf8').trim()
  if (/not a valid ref/.test(found.stderr)) return undefined
  throw new GitError(['show-ref', ref], found)
}

/**
 * Moves refs in one transaction, all or none, each only if it still is at `from` (git update-ref
 * --stdin). `ref_moved` when one was not.
 */
export async function updateRefs(
  mirror: Mirror,
  updates: readonly RefUpdate[],
): Promise<Result<void, Failure<'ref_moved'>>> {
  const ended = await mirror.git.run(mirror.place, ['update-ref', '--no-deref', '--stdin', '-z'], {
    stdin: updates.map(command).join(''),
    expect: [1, 128],
  })
  if (ended.exitCode === 0) return ok(undefined)
  if (MOVED.test(ended.stderr)) return fail('ref_moved', ended.stderr.trim())
  throw new GitError(['update-ref'], ended)
}

// The -z form of git-update-ref(1): an empty old value means "do not check", so '' has commands of its own.
function command({ ref, to, from }: RefUpdate): string {
  if (to === '') return from === '' ? `verify ${ref}\0\0` : `delete ${ref}\0${from ?? ''}\0`
  return from === '' ? `create ${ref}\0${to}\0` : `update ${ref}\0${to}\0${from ?? ''}\0`
}

/** The tree of a commit. */
export async function treeOf(mirror: Mirror, commit: string): Promise<string> {
  return await mirror.git.text(mirror.place, [
    'rev-parse',
    '--verify',
    '--end-of-options',
    `${commit}^{tree}`,
  ])
}

/** Whether `ancestor` is `commit` or one of its ancestors. */
export async function isAncestor(
  mirror: Mirror,
  ancestor: string,
  commit: string,
): Promise<boolean> {
  const { exitCode } = await mirror.git.run(
    mirror.place,
    ['merge-base', '--is-ancestor', ancestor, commit],
    { expect: [1] },
  )
  return exitCode === 0
}
