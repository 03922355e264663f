import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type IndexSnapshot, readIndex } from '../checkout/read-index.ts'
import { stageFiles } from '../checkout/stage-files.ts'
import {
  createWorkFolder,
  removeWorkFolder,
  type WorkFolder,
  workFolder,
} from '../checkout/work-folder.ts'
import type { Mirror } from '../mirror.ts'
import { makeTag, type TagDraft } from './tag-object.ts'
import { packObjects } from './transfer.ts'

/** Everything of a move that can be made before it is known whether it may happen: nothing of the user's changes. */
export interface Preparation {
  id: string
  work: WorkFolder
  tagObject: Promise<string>
  /** The objects that the user's repository lacks. */
  pack: Promise<Buffer>
  /** The origin checkout's index, read once. */
  readIndex(): Promise<IndexSnapshot>
  /** Stages the files of a move that begins at `from`; the index that goes with them. */
  stage(from: string): Promise<Buffer>
  /** Waits for what still runs and removes everything. */
  discard(): Promise<void>
}

interface Preparing {
  target: string
  from: string
  to: string
  tag: TagDraft
}

/** Begins the preparation of a move; its parts run side by side. */
export function prepare(mirror: Mirror, { target, from, to, tag }: Preparing): Preparation {
  const { git, repository } = mirror
  const id = randomUUID()
  const work = workFolder(repository, id)
  const tagObject = ahead(makeTag(mirror, tag))
  const pack = ahead(
    tagObject.then((object) => packObjects(mirror, { tips: [to, object], known: [from] })),
  )
  let index: Promise<IndexSnapshot> | undefined
  let staged: { from: string; draft: Promise<Buffer> } | undefined
  const preparation: Preparation = {
    id,
    work,
    tagObject,
    pack,
    readIndex() {
      index ??= ahead(readIndex(git, repository))
      return index
    },
    async stage(start) {
      if (staged?.from === start) return await staged.draft
      await Promise.allSettled([staged?.draft])
      removeWorkFolder(repository, work)
      staged = { from: start, draft: ahead(stageFrom(start)) }
      return await staged.draft
    },
    async discard() {
      await Promise.allSettled([tagObject, pack, staged?.draft])
      removeWorkFolder(repository, work)
    },
  }
  const stageFrom = async (start: string) => {
    const snapshot = await preparation.readIndex()
    createWorkFolder(work)
    await stageFiles({
      git,
      repository,
      index: snapshot,
      from: start,
      to,
      into: { files: work.fresh, index: work.indexDraft },
      objects: join(mirror.dir, 'objects'),
    })
    return readFileSync(work.indexDraft)
  }
  if (isProbablyCheckedOut(repository.gitDir, target)) void ahead(preparation.stage(from))
  return preparation
}

/** Work that runs ahead: its failure is told to whoever waits for it, at the latest to `discard`. */
function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}

// A guess that saves time: what is true is asked of git.
function isProbablyCheckedOut(gitDir: string, target: string): boolean {
  return readFileSync(join(gitDir, 'HEAD'), 'utf8') === `ref: refs/heads/${target}\n`
}
