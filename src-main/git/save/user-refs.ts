import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import { GitError } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import type { RefMove } from './journal.ts'
import { FLUSHED } from './transfer.ts'

// git's refs.c and refs/files-backend.c, under LC_ALL=C.
const MOVED = /is at [0-9a-f]+ but expected|unable to resolve reference/
const LOCKED = /Unable to create '([^']+)': File exists/
const TAKEN = /reference already exists|exists; cannot create/

// The user's index is locked meanwhile: a ref that is held for longer is theirs, and they are told.
const PATIENCE = { 'core.filesRefLockTimeout': '1000', 'core.packedRefsTimeout': '1000' }

/**
 * Moves refs of the user's repository in one transaction, flushed. An explicit commit ends it: a child
 * whose input breaks off moves nothing.
 */
export async function moveUserRefs(
  mirror: Mirror,
  { moves, reason }: { moves: readonly RefMove[]; reason: string },
): Promise<Result<void, Failure<'target_moved' | 'refs_locked' | 'tag_taken'>>> {
  const { git, repository } = mirror
  const place = { profile: 'user', gitDir: repository.gitDir } as const
  const { name, email } = repository.identity
  const ended = await git.run(place, ['update-ref', '-m', reason, '--stdin'], {
    stdin: `start\n${moves.map(lineOf).join('')}prepare\ncommit\n`,
    expect: [1, 128],
    config: { ...FLUSHED, ...PATIENCE },
    env: { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email },
  })
  if (ended.exitCode === 0) {
    for (const { ref } of moves) flushFolder(dirname(join(repository.commonDir, ref)))
    return ok(undefined)
  }
  const words = ended.stderr.trim()
  if (MOVED.test(words)) return fail('target_moved', words)
  if (TAKEN.test(words)) return fail('tag_taken', words)
  const file = LOCKED.exec(words)?.[1]
  if (file) return fail('refs_locked', words, { details: { file } })
  throw new GitError(['update-ref'], ended)
}

const lineOf = ({ ref, to, from }: RefMove): string =>
  from === '' ? `create ${ref} ${to}\n` : `update ${ref} ${to} ${from}\n`

/** git flushes the file of a ref, not the folder that names it; a ref kept elsewhere has no folder. */
function flushFolder(folder: string): void {
  // Windows opens no folders; there the file system keeps names in order itself.
  if (process.platform === 'win32') return
  try {
    const descriptor = openSync(folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
