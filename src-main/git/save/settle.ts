import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Change, readChanges, reversed } from '../checkout/changes.ts'
import { convergeFiles, isSameFile } from '../checkout/converge-files.ts'
import { keepFiles, waitingNumbers } from '../checkout/keep-files.ts'
import { waitingPlace } from '../checkout/place-files.ts'
import { placeOf } from '../checkout/raw-path.ts'
import { stageTree } from '../checkout/stage-files.ts'
import { readUserRefs } from '../checkout/user-refs-state.ts'
import {
  keptFolder,
  removeWorkFolder,
  type WorkFolder,
  workFolder,
} from '../checkout/work-folder.ts'
import type { Mirror } from '../mirror.ts'
import { alignIndex } from '../user-index/align-index.ts'
import { findIndexLock, takeIndexLock } from '../user-index/index-lock.ts'
import { readIndex } from '../user-index/read-index.ts'
import type { MoveRecord } from './journal.ts'

/** How a move that did not end came to an end. */
export interface Settled {
  /** `postponed`: somebody else holds the index; nothing was done. */
  outcome: 'finished' | 'undone' | 'postponed'
  /** Places of contents that are the user's and could not be left where they were. */
  kept: string[]
  /** Paths that hold neither the old nor the new content: the user's, left as they are. */
  left: string[]
}

/**
 * Finishes a move whose refs have moved, undoes one whose refs have not. Each path of it holds the old or
 * the new content, or is missing since it was being exchanged; anything else is the user's. May be
 * interrupted and called again.
 */
export async function settleMove(mirror: Mirror, record: MoveRecord): Promise<Settled> {
  const { repository } = mirror
  const refs = await readUserRefs(mirror, [record.ref, record.tagRef])
  const moved = refs.get(record.tagRef)?.object === record.tagObject
  const outcome = moved ? 'finished' : 'undone'
  const work = workFolder(repository, record.id)
  const owned = findIndexLock(repository.gitDir, record.id)
  if (!existsSync(work.old)) {
    owned?.release()
    removeWorkFolder(repository, work)
    return { outcome, kept: [], left: [] }
  }
  const lock = owned ?? takeIndexLock(repository.gitDir, record.id)
  if (!lock) return { outcome: 'postponed', kept: [], left: [] }
  try {
    const target = refs.get(record.ref)
    // While our lock stands, no git of the user changed index or files; once it was taken away and they
    // went on to another commit, the working tree is theirs to judge.
    const isThere = target?.isHead === true && target.object === (moved ? record.to : record.from)
    const untouched = owned !== undefined || isThere
    const settled = await settleOrigin({ mirror, record, work, moved, untouched })
    removeWorkFolder(repository, work)
    return { outcome, ...settled }
  } finally {
    lock.release()
  }
}

interface Settling {
  mirror: Mirror
  record: MoveRecord
  work: WorkFolder
  moved: boolean
  untouched: boolean
}

async function settleOrigin(settling: Settling): Promise<Omit<Settled, 'outcome'>> {
  const { mirror, record, work, moved, untouched } = settling
  const { git, repository } = mirror
  const changes = await readChanges(mirror, record.from, record.to)
  const both = await makeSides(settling, changes)
  const forth = { sides: { from: both.before, to: both.after, gone: both.gone }, changes }
  const back = {
    sides: { from: both.after, to: both.before, gone: both.gone },
    changes: reversed(changes),
  }
  const way = moved ? forth : back
  const left = untouched
    ? await convergeFiles({ repository, old: work.old, backwards: !moved, ...way })
    : []
  if (untouched) {
    await alignIndex({ git, repository, work, changes: way.changes, backwards: !moved })
  }
  const kept = keepForeign(settling, changes, both.before)
  return { left, kept }
}

/** Both sides of the move as files, made by the user's own configuration. */
async function makeSides({ mirror, work }: Settling, changes: readonly Change[]) {
  const { git, repository } = mirror
  const folder = join(work.fresh, '..', 'settle')
  rmSync(folder, { recursive: true, force: true })
  const sides = {
    before: join(folder, 'before'),
    after: join(folder, 'after'),
    gone: join(folder, 'gone'),
  }
  for (const path of Object.values(sides)) mkdirSync(path, { recursive: true })
  const { file: index } = await readIndex(git, repository)
  const common = { git, repository, index, objects: join(mirror.dir, 'objects') }
  const into = (files: string) => ({ files, index: join(folder, 'index') })
  await stageTree({ ...common, changes, into: into(sides.after) })
  await stageTree({ ...common, changes: reversed(changes), into: into(sides.before) })
  return sides
}

/** What waits and is not what git has of it goes to a folder that stays. */
function keepForeign(
  { mirror: { repository }, record, work }: Settling,
  changes: readonly Change[],
  before: string,
): string[] {
  const foreign = waitingNumbers(work.old).filter((n) => {
    const expected = placeOf(before, changes[n]?.path ?? '')
    return !isSameFile(Buffer.from(waitingPlace(work.old, n)), expected)
  })
  const folders = { old: work.old, kept: keptFolder(repository, record.id) }
  return keepFiles(folders, changes, foreign)
}
