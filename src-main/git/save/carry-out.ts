import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import { changeOrigin } from '../checkout/change-origin.ts'
import type { Change } from '../checkout/changes.ts'
import { findEdited, keepFiles } from '../checkout/keep-files.ts'
import { describeObstacles } from '../checkout/obstacle.ts'
import { readMark } from '../checkout/operation.ts'
import type { RawPath } from '../checkout/raw-path.ts'
import type { StagedFile } from '../checkout/stage-files.ts'
import { readTarget, type TargetState } from '../checkout/target-state.ts'
import { keptFolder, retireWorkFolder } from '../checkout/work-folder.ts'
import type { Mirror } from '../mirror.ts'
import { type IndexLock, lockPath, takeIndexLock } from '../user-index/index-lock.ts'
import { isIndexUnchanged } from '../user-index/read-index.ts'
import type { MoveRecord } from './journal.ts'
import { moveMirrorRefs } from './mirror-refs.ts'
import type { MoveRequest } from './move-request.ts'
import type { Preparation } from './preparation.ts'
import type { Origin, SaveFailure } from './readiness.ts'
import { settleMove } from './settle.ts'
import { moveUserRefs } from './user-refs.ts'

/** A move that may happen, with all it needs. */
export interface Carrying {
  mirror: Mirror
  request: MoveRequest
  prepared: Preparation
  record: MoveRecord
  state: TargetState
  changes: readonly Change[]
  origin?: Origin & { staged: ReadonlyMap<RawPath, StagedFile> }
  /** The objects on their way to the user's repository. */
  storing: Promise<void>
}

/** A checkpoint that is in the user's repository, on the disk. */
export interface Moved {
  commit: string
  /** The tag's name without `refs/tags/`. */
  tag: string
  /** The journal's entry, which the caller removes together with what it records of the checkpoint. */
  journalId: string
  /** Until the files that were replaced are gone for good; nothing needs to wait for it. */
  cleaned: Promise<void>
  /** Places of contents that the user wrote while files were exchanged; normally none. */
  kept: string[]
}

type Refusal = Failure<
  'files_in_the_way' | 'target_moved' | 'refs_locked' | 'tag_taken' | 'index_locked'
>

/**
 * Carries a move out behind an intention in the journal. Fails with everything as it was; what cannot
 * be undone at once stays in the journal. Nothing is returned when the user's git was at work since the
 * move was looked at: then nothing was done.
 */
export async function carryOut(move: Carrying): Promise<Result<Moved, SaveFailure> | undefined> {
  const held: Held = {}
  const outcome = await perform(move, held).catch((error: unknown) => new Fault(error))
  if (outcome === undefined) return ok(await finish(move, held))
  if (outcome === 'again' || outcome === 'locked') {
    held.lock?.release()
    await giveUp(move)
    return outcome === 'again' ? undefined : lockedIndex(move.mirror)
  }
  if (!(await undo(move))) return ok(await finish(move, held))
  if (outcome instanceof Fault) throw outcome.cause
  return { ok: false, error: outcome }
}

interface Held {
  lock?: IndexLock
}

class Fault {
  readonly cause: unknown
  constructor(cause: unknown) {
    this.cause = cause
  }
}

function begin(move: Carrying): void {
  const { record, request } = move
  const { journal, kind, session } = request
  journal.put({ id: record.id, sessionId: session, kind, step: 'intent', data: record })
  tell(move, 'intent')
}

const tell = ({ request }: Carrying, step: string): void => request.step?.(step)

/** True when index and HEAD are as they were looked at: from now on the lock keeps them so. */
async function isUnchanged({ mirror, state, request }: Carrying, { index }: Origin) {
  const { git, repository } = mirror
  if (!isIndexUnchanged(repository, index)) return false
  const head = readMark(repository.gitDir, 'HEAD') ?? ''
  // Where refs are kept in tables, the file HEAD says nothing (git-init(1), --ref-format).
  if (head === state.head && !head.includes('.invalid')) return true
  const now = await readTarget({ git, repository }, request.target)
  return now.ok && now.value.checkedOut && now.value.commit === state.commit
}

async function giveUp({ request, record, prepared }: Carrying): Promise<void> {
  await prepared.discard()
  request.journal.remove(record.id)
}

function lockedIndex(mirror: Mirror): Result<never, Refusal> {
  const file = lockPath(mirror.repository.gitDir)
  return fail('index_locked', `${file} is there`, { details: { file } })
}

/**
 * Objects and files side by side, then the index, then the refs: in this order recovery can tell how far
 * it came. `locked` and `again`: nothing was done, since the user's git is or was at work.
 */
async function perform(
  move: Carrying,
  held: Held,
): Promise<Refusal | 'again' | 'locked' | undefined> {
  begin(move)
  if (!move.origin) return await moveAll(move)
  const lock = takeIndexLock(move.mirror.repository.gitDir, move.record.id)
  if (!lock) return 'locked'
  held.lock = lock
  if (!(await isUnchanged(move, move.origin))) return 'again'
  tell(move, 'locked')
  return await moveAll(move)
}

async function moveAll(move: Carrying): Promise<Refusal | undefined> {
  const { mirror, prepared, record, changes, origin, storing } = move
  const changing =
    origin &&
    changeOrigin({
      git: mirror.git,
      repository: mirror.repository,
      work: prepared.work,
      changes,
      staged: origin.staged,
      seen: origin.seen,
      index: origin.index,
      stored: storing,
      step: (name) => tell(move, name),
    })
  // Everything has ended before anything is undone.
  const [stored, changed] = await Promise.allSettled([storing, changing])
  if (stored.status === 'rejected') throw stored.reason
  if (changed.status === 'rejected') throw changed.reason
  if (changed.value) {
    const { message, details } = describeObstacles([changed.value])
    return { code: 'files_in_the_way', message, details }
  }
  tell(move, 'objects')
  const { ref, to, from, tagRef, tagObject } = record
  const moved = await moveUserRefs(mirror, {
    moves: [{ ref, to, from }, { ref: tagRef, to: tagObject, from: '' }, ...record.userRefs],
    reason: `thalogos: ${move.request.kind} ${tagRef.slice('refs/tags/'.length)}`,
  })
  return moved.ok ? undefined : moved.error
}

/** True when all is as it was; false when the refs had moved after all. */
async function undo({ mirror, request, record, storing }: Carrying): Promise<boolean> {
  await Promise.allSettled([storing])
  const { outcome } = await settleMove(mirror, record)
  if (outcome === 'undone') request.journal.remove(record.id)
  return outcome !== 'finished'
}

async function finish(move: Carrying, { lock }: Held): Promise<Moved> {
  const { mirror, record, prepared, changes, origin } = move
  tell(move, 'refs')
  lock?.release()
  const { old } = prepared.work
  const edited = origin ? findEdited(old, changes, origin.seen) : []
  const kept = keepFiles({ old, kept: keptFolder(mirror.repository, record.id) }, changes, edited)
  tell(move, 'kept')
  await moveMirrorRefs(mirror, record.mirrorRefs)
  const cleaned = cleanUp(move)
  if (changes.length < MANY) await cleaned
  tell(move, 'done')
  const tag = record.tagRef.slice('refs/tags/'.length)
  return { commit: record.to, tag, journalId: record.id, kept, cleaned }
}

// Each takes a tenth of a millisecond to remove: fewer are gone before anybody notices.
const MANY = 64

async function cleanUp({ mirror, prepared }: Carrying): Promise<void> {
  try {
    await retireWorkFolder(mirror.repository, prepared.work)
  } catch {
    // The checkpoint is made; what could not be removed now is removed with the next one.
  }
}
