import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from '../../base/index.ts'
import { type Change, readChanges } from '../checkout/changes.ts'
import type { RawPath } from '../checkout/raw-path.ts'
import { type StagedFile, stageFiles } from '../checkout/stage-files.ts'
import { readTarget, type TargetRefusal, type TargetState } from '../checkout/target-state.ts'
import {
  createWorkFolder,
  removeWorkFolder,
  type WorkFolder,
  workFolder,
} from '../checkout/work-folder.ts'
import type { Mirror } from '../mirror.ts'
import { type IndexSnapshot, readIndex } from '../user-index/read-index.ts'
import { type StoreRequest, storeObjects } from './transfer.ts'

/** What a move needs and what can be made before it is known whether it may happen; nothing of the user's changes. */
export interface Preparation {
  id: string
  work: WorkFolder
  /** Where the target is, as it was when the preparation began. */
  readTarget(): Promise<Result<TargetState, TargetRefusal>>
  /** What the move changes when it begins at `from`. */
  readChanges(from: string): Promise<Change[]>
  /** The origin checkout's index, read once. */
  readIndex(): Promise<IndexSnapshot>
  /** Stages the files of a move that begins at `from`. */
  stage(from: string): Promise<Map<RawPath, StagedFile>>
  /** Stores the objects that the user's repository lacks; no ref of theirs leads to them yet. */
  store(request: StoreRequest): Promise<void>
  /** Waits for what still runs and removes everything. */
  discard(): Promise<void>
}

/** Begins to prepare a move; its parts run side by side and are made once. */
export function prepare(
  mirror: Mirror,
  { target, from, to }: { target: string; from: string; to: string },
): Preparation {
  const { git, repository } = mirror
  const id = randomUUID()
  const work = workFolder(repository, id)
  const changes = new Map<string, Promise<Change[]>>([[from, ahead(readChanges(mirror, from, to))]])
  const state = ahead(readTarget({ git, repository }, target))
  let index: Promise<IndexSnapshot> | undefined
  let stored: Promise<void> | undefined
  let staged: { from: string; done: Promise<Map<RawPath, StagedFile>> } | undefined
  const preparation: Preparation = {
    id,
    work,
    readTarget: () => state,
    readChanges(start) {
      const known = changes.get(start) ?? ahead(readChanges(mirror, start, to))
      changes.set(start, known)
      return known
    },
    readIndex() {
      index ??= ahead(readIndex(git, repository))
      return index
    },
    async stage(start) {
      if (staged?.from !== start) {
        const before = staged?.done
        staged = { from: start, done: ahead(stageAfter(before, start)) }
      }
      return await staged.done
    },
    store(request) {
      stored ??= ahead(storeObjects(mirror, request))
      return stored
    },
    async discard() {
      await Promise.allSettled([...changes.values(), state, staged?.done, stored])
      removeWorkFolder(repository, work)
    },
  }
  const stageAfter = async (before: Promise<unknown> | undefined, start: string) => {
    const reading = preparation.readChanges(start)
    if (before !== undefined) {
      await Promise.allSettled([before])
      removeWorkFolder(repository, work)
    }
    createWorkFolder(work)
    const { file } = await preparation.readIndex()
    return await stageFiles({
      git,
      repository,
      index: file,
      changes: await reading,
      into: { files: work.fresh, index: work.indexDraft },
      objects: join(mirror.dir, 'objects'),
    })
  }
  if (isProbablyCheckedOut(repository.gitDir, target)) void ahead(preparation.stage(from))
  return preparation
}

/** Work that runs ahead: its failure is told to whoever waits for it. */
function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}

// A guess that saves time: what is true is asked of git.
function isProbablyCheckedOut(gitDir: string, target: string): boolean {
  return readFileSync(join(gitDir, 'HEAD'), 'utf8') === `ref: refs/heads/${target}\n`
}
