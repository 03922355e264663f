import {
  type BigIntStats,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { lookAt } from './look-at.ts'
import { type Obstacle, type ObstacleKind, obstacle } from './obstacle.ts'
import { parentsOf, placeOf, type RawPath } from './raw-path.ts'
import type { StagedFile } from './stage-files.ts'

/** What is to happen at one path. */
export interface Move {
  /** The number under which what leaves waits. */
  n: number
  path: RawPath
  /** The file that stands there and leaves, exactly as it was when it was looked at. */
  leaves?: BigIntStats
  /** The file that takes its place. */
  arrives?: StagedFile
  /** A folder (for a submodule) is made instead. */
  folder?: boolean
}

export interface Placement {
  root: string
  /** Receives what leaves. */
  old: string
  moves: readonly Move[]
  /** Called between any two steps; a test stops here. */
  step(name: string): void
}

// Some milliseconds of work between two looks at the event loop.
const PAUSE_EVERY = 64

export interface Placed {
  /** The first path that was not as expected; nothing after it was moved. */
  stopped?: Obstacle
  /** Each file that arrived, as it is at its place, unless it was written to at once. */
  arrived: Map<RawPath, BigIntStats>
}

/**
 * Carries moves out so that no instant loses a byte: what leaves is renamed away and then compared with
 * what was looked at; what arrives is linked to its place, which fails where anything stands. Stops at
 * the first path that is not as expected; what was done stays for the caller to undo.
 */
export async function placeFiles(placement: Placement): Promise<Placed> {
  const placed: Placed = { arrived: new Map() }
  const leaving = placement.moves.filter((move) => !move.arrives)
  for (const [n, move] of leaving.entries()) {
    const why = leave(placement, move)
    if (why) return { ...placed, stopped: obstacle(move.path, why) }
    if (n % PAUSE_EVERY === PAUSE_EVERY - 1) await setImmediate()
  }
  removeEmptyFolders(placement)
  const known = { folders: new Set<RawPath>(), arrived: placed.arrived }
  for (const [n, move] of placement.moves.entries()) {
    const why = move.arrives || move.folder ? arrive(placement, move, known) : undefined
    if (why) return { ...placed, stopped: obstacle(move.path, why) }
    if (n % PAUSE_EVERY === PAUSE_EVERY - 1) await setImmediate()
  }
  return placed
}

/** Where what stood at a path waits. */
export const waitingPlace = (old: string, n: number): string => join(old, String(n))

function leave({ root, old, step }: Placement, move: Move): ObstacleKind | undefined {
  if (!move.leaves) return undefined
  const waiting = waitingPlace(old, move.n)
  const place = placeOf(root, move.path)
  try {
    renameSync(place, waiting)
  } catch (error) {
    return kindOf(error)
  }
  step('left')
  if (isSame(lstatSync(waiting, { bigint: true }), move.leaves)) return undefined
  putBack(waiting, place)
  return 'modified'
}

/** Everything that a writer cannot leave as it was; renaming itself changes the inode's own time. */
export const isSame = (a: BigIntStats, b: BigIntStats): boolean =>
  a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.mode === b.mode

/** Gives something its place back unless anything stands there; then it stays where it waits. */
function putBack(waiting: string, place: Buffer): boolean {
  try {
    if (lstatSync(waiting).isDirectory()) {
      // The user made a folder of it; a folder has one name only.
      if (lstatSync(place, { throwIfNoEntry: false })) return false
      renameSync(waiting, place)
      return true
    }
    linkOrCopy(Buffer.from(waiting), place, lstatSync(waiting))
  } catch (error) {
    kindOf(error)
    return false
  }
  unlinkSync(waiting)
  return true
}

interface Known {
  /** Folders that were looked at. */
  folders: Set<RawPath>
  arrived: Map<RawPath, BigIntStats>
}

function arrive(placement: Placement, move: Move, known: Known): ObstacleKind | undefined {
  const { root, step } = placement
  const { path, arrives } = move
  const place = placeOf(root, path)
  // A file that leaves shows by itself that its folders are there, and by its identity that they are the same.
  const above = move.leaves ? undefined : makeFolders(root, path, known.folders)
  if (above) return above
  if (move.folder) return makeFolder(place)
  const why = move.leaves ? leave(placement, move) : undefined
  if (why || !arrives) return why
  try {
    if (!move.leaves) removeEmptyFolder(place)
    if (arrives.isLink) symlinkSync(readFileSync(arrives.place), place)
    else linkOrCopy(arrives.place, place, arrives.stat)
  } catch (error) {
    return kindOf(error)
  }
  step('arrived')
  unlinkSync(arrives.place)
  const stat = lookAt(place)
  if (stat && isSame(stat, arrives.stat)) known.arrived.set(path, stat)
  return undefined
}

/** A folder without anything in it, which a submodule may have left, makes room. */
function removeEmptyFolder(place: Buffer): void {
  if (lookAt(place)?.isDirectory()) rmdirSync(place)
}

function makeFolders(root: string, path: RawPath, known: Set<RawPath>): ObstacleKind | undefined {
  for (const parent of parentsOf(path)) {
    if (known.has(parent)) continue
    const why = makeFolder(placeOf(root, parent))
    if (why) return why
    known.add(parent)
  }
  return undefined
}

function makeFolder(place: Buffer): ObstacleKind | undefined {
  try {
    const stat = lstatSync(place, { throwIfNoEntry: false })
    if (stat) return stat.isDirectory() ? undefined : 'link'
    mkdirSync(place)
    return undefined
  } catch (error) {
    return kindOf(error)
  }
}

/** A second name for the same file; where there can be none, a copy. Fails where anything stands. */
function linkOrCopy(from: Buffer, to: Buffer, stat: { isSymbolicLink(): boolean }): void {
  if (stat.isSymbolicLink()) {
    // link(2) follows a link on some systems.
    symlinkSync(readlinkSync(from, { encoding: 'buffer' }), to)
    return
  }
  try {
    linkSync(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!LINKLESS.has(code ?? '')) throw error
    copyFileSync(from, to, constants.COPYFILE_EXCL)
  }
}

const LINKLESS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'])

/** Folders that the leaving files left empty and that no arriving file needs go, as git does it. */
function removeEmptyFolders({ root, moves }: Placement): void {
  const needed = new Set(
    moves.filter((move) => move.arrives || move.folder).flatMap(({ path }) => parentsOf(path)),
  )
  const emptied = new Set(
    moves.filter((move) => move.leaves && !move.arrives).flatMap(({ path }) => parentsOf(path)),
  )
  // The deepest first.
  for (const path of [...emptied]
    .filter((one) => !needed.has(one))
    .sort()
    .reverse()) {
    try {
      rmdirSync(placeOf(root, path))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (!STAYING.has(code ?? '')) throw error
    }
  }
}

// It holds something, is gone already, is somebody's current folder, or may not be removed: it stays.
const STAYING = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EBUSY', 'EACCES', 'EPERM'])

/** What a failed move means for the user; anything else is a fault of ours or of the disk. */
function kindOf(error: unknown): ObstacleKind {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'missing'
    case 'EEXIST':
    case 'ENOTEMPTY':
    case 'EISDIR':
      return 'untracked'
    case 'ENOTDIR':
    case 'ELOOP':
      return 'link'
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EBUSY':
      return 'unwritable'
    case 'EXDEV':
      return 'other_disk'
    default:
      throw error
  }
}
