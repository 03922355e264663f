import type { BigIntStats } from 'node:fs'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import { editIndex, type IndexEdit } from '../user-index/edit-index.ts'
import { statOf } from '../user-index/index-file.ts'
import { putIndex } from '../user-index/put-index.ts'
import { type IndexSnapshot, rewriteIndex } from '../user-index/read-index.ts'
import { type Change, isFile, isGitlink } from './changes.ts'
import type { Obstacle } from './obstacle.ts'
import { type Move, placeFiles } from './place-files.ts'
import { type RawPath, shownPath } from './raw-path.ts'
import type { StagedFile } from './stage-files.ts'
import type { WorkFolder } from './work-folder.ts'

export interface OriginChange {
  git: Git
  repository: UserRepository
  work: WorkFolder
  changes: readonly Change[]
  /** The files of the new side, by path. */
  staged: ReadonlyMap<RawPath, StagedFile>
  /** Each file that leaves, as it was found unmodified. */
  seen: ReadonlyMap<RawPath, BigIntStats>
  index: IndexSnapshot
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
  const { repository, work, changes, index, step } = change
  const moves = changes.map((one, n) => moveOf(change, one, n))
  const placement = { root: repository.root, old: work.old, moves, step }
  const { stopped, arrived } = await placeFiles(placement)
  if (stopped) return stopped
  step('files')
  const edits = changes.map((one) => editOf(one, arrived.get(one.path)))
  const edited = editIndex(index.file, edits, index.seconds)
  await change.stored
  const bytes = index.version < 4 ? edited : await compress(change, edited)
  putIndex(repository, work, bytes)
  step('index')
  return undefined
}

function editOf({ path, new: side }: Change, stat: BigIntStats | undefined): IndexEdit {
  if (!side) return { path }
  return { path, entry: stat ? { ...side, stat: statOf(stat) } : side }
}

/** The user's index keeps its version; the fourth, which only git writes, shortens names. */
async function compress({ git, repository, index }: OriginChange, bytes: Buffer): Promise<Buffer> {
  const { seconds, version } = index
  return await rewriteIndex({ git, repository }, { bytes, seconds, version })
}

function moveOf({ seen, staged }: OriginChange, change: Change, n: number): Move {
  const { path } = change
  const leaves = seen.get(path)
  const arrives = staged.get(path)
  if (isFile(change.new) && !arrives) throw new Error(`git did not write ${shownPath(path)}`)
  return {
    n,
    path,
    ...(leaves ? { leaves } : {}),
    ...(arrives ? { arrives } : {}),
    // A submodule that only changes keeps its folder as it is.
    ...(isGitlink(change.new) && !isGitlink(change.old) ? { folder: true } : {}),
  }
}
