import type { BigIntStats } from 'node:fs'
import type { UserRepository } from '../repository.ts'
import { type Change, isFile, isGitlink } from './changes.ts'
import { parseIndex } from './index-file.ts'
import type { Obstacle } from './obstacle.ts'
import { type Move, placeFiles } from './place-files.ts'
import { completeIndex, putIndex } from './put-index.ts'
import { placeOf, type RawPath } from './raw-path.ts'
import type { WorkFolder } from './work-folder.ts'

export interface OriginChange {
  repository: UserRepository
  work: WorkFolder
  changes: readonly Change[]
  /** Each file that leaves, as it was found unmodified. */
  seen: ReadonlyMap<RawPath, BigIntStats>
  /** When the index that was staged from had been written, in whole seconds. */
  indexSeconds: number
  /** The staged index, as git wrote it. */
  draft: Buffer
  /** Until the objects are stored that the index speaks of. */
  stored: Promise<unknown>
  /** Called between any two steps; a test stops here. */
  step(name: string): void
}

/**
 * Moves the staged files to their places, then the index that goes with them. The lock must be held.
 * An obstacle leaves everything as far as it went: the caller undoes it.
 */
export async function changeOrigin(change: OriginChange): Promise<Obstacle | undefined> {
  const { repository, work, changes, step } = change
  const moves = changes.map((one, n) => moveOf(change, one, n))
  const stopped = await placeFiles({ root: repository.root, old: work.old, moves, step })
  if (stopped) return stopped
  step('files')
  await change.stored
  const file = await parseIndex(change.draft, repository.objectFormat)
  const arrived = changes.filter((one) => isFile(one.new)).map(({ path }) => path)
  completeIndex(repository, { file, seconds: change.indexSeconds, arrived })
  putIndex(repository, work, file)
  step('index')
  return undefined
}

function moveOf({ seen, work }: OriginChange, change: Change, n: number): Move {
  const { path } = change
  const leaves = seen.get(path)
  return {
    n,
    path,
    ...(leaves ? { leaves } : {}),
    ...(isFile(change.new) ? { arrives: placeOf(work.fresh, path) } : {}),
    // A submodule that only changes keeps its folder as it is.
    ...(isGitlink(change.new) && !isGitlink(change.old) ? { folder: true } : {}),
  }
}
