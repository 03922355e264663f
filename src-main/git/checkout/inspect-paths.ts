import { type BigIntStats, lstatSync, readdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { UserRepository } from '../repository.ts'
import {
  findEntry,
  firstFrom,
  type IndexFile,
  isRacy,
  isUntouched,
  pathAt,
  readStat,
  statOf,
} from '../user-index/index-file.ts'
import { isBlobAt } from './blob-id.ts'
import { type Change, isFile, isGitlink, LINK } from './changes.ts'
import { lookAt } from './look-at.ts'
import { type Obstacle, type ObstacleKind, obstacle } from './obstacle.ts'
import { foldPath, parentsOf, placeOf, type RawPath } from './raw-path.ts'

/** What was found at the paths of a change. */
export interface Inspection {
  obstacles: Obstacle[]
  /** The file at each path whose old side is one, as it was when it was found unmodified. */
  seen: Map<RawPath, BigIntStats>
  /** Of those, the ones that only git can judge: the content differs from the blob's, or is large. */
  suspects: RawPath[]
}

export interface InspectionInput {
  repository: UserRepository
  changes: readonly Change[]
  index: IndexFile
  /** When the index was written, in whole seconds. */
  indexSeconds: number
}

interface Walk extends InspectionInput, Inspection {
  byPath: ReadonlyMap<RawPath, Change>
  /** What stands at each folder on the way. */
  folders: Map<RawPath, Folder>
  device: bigint
}

type Folder = 'there' | 'absent' | ObstacleKind

// Some milliseconds of work between two looks at the event loop.
const PAUSE_EVERY = 128

/**
 * Looks at every path that a change of the working tree would write or remove, and at the folders above
 * it (design.md 5.12). Reads only. `suspects` are for `git status` to judge.
 */
export async function inspectPaths(input: InspectionInput): Promise<Inspection> {
  const walk: Walk = {
    ...input,
    obstacles: [],
    seen: new Map(),
    suspects: [],
    byPath: new Map(input.changes.map((change) => [change.path, change])),
    folders: new Map(),
    device: lstatSync(input.repository.root, { bigint: true }).dev,
  }
  if (input.repository.core.ignoreCase) findCollisions(walk)
  for (const [n, change] of input.changes.entries()) {
    inspectChange(walk, change)
    if (n % PAUSE_EVERY === PAUSE_EVERY - 1) await setImmediate()
  }
  return walk
}

function inspectChange(walk: Walk, change: Change): void {
  const why = indexObstacle(walk, change) ?? fileObstacle(walk, change)
  if (why) walk.obstacles.push(obstacle(change.path, why))
}

function indexObstacle(walk: Walk, { path, old }: Change): ObstacleKind | undefined {
  const entry = findEntry(walk.index, path)
  if (!entry) return old ? 'missing' : stagedAround(walk, path)
  if (!old || entry.intent || entry.mode !== old.mode || entry.oid !== old.oid) return 'staged'
  return entry.hidden ? 'hidden' : undefined
}

/** An entry that the user staged where a folder would be, or below what would be a file. */
function stagedAround(walk: Walk, path: RawPath): ObstacleKind | undefined {
  const { index, byPath } = walk
  const stays = (other: RawPath) => byPath.get(other)?.new !== undefined || !byPath.has(other)
  if (parentsOf(path).some((parent) => findEntry(index, parent) && stays(parent))) return 'staged'
  for (let n = firstFrom(index, `${path}/`); ; n += 1) {
    const at = index.starts[n]
    const other = at === undefined ? '' : pathAt(index, at)
    if (!other.startsWith(`${path}/`)) return undefined
    if (stays(other)) return 'staged'
  }
}

function fileObstacle(walk: Walk, change: Change): ObstacleKind | undefined {
  // A submodule that changes or goes is left alone: only its entry in the index moves.
  if (isGitlink(change.old) && !isFile(change.new)) return undefined
  const above = foldersAbove(walk, change.path)
  if (above !== 'there' && above !== 'absent') return above
  const stat = above === 'there' ? look(walk, change.path) : undefined
  if (isFile(change.old)) return stat ? trackedObstacle(walk, change, stat) : 'missing'
  if (!stat) return undefined
  if (stat.isDirectory()) return folderObstacle(walk, change, stat)
  return isRenamedCase(walk, change.path, stat) ? undefined : 'untracked'
}

function foldersAbove(walk: Walk, path: RawPath): Folder {
  let state: Folder = 'there'
  for (const parent of parentsOf(path)) {
    const known = walk.folders.get(parent)
    state = known ?? (state === 'there' ? lookAtFolder(walk, parent) : state)
    walk.folders.set(parent, state)
    if (state !== 'there') return state
  }
  return state
}

function lookAtFolder(walk: Walk, path: RawPath): Folder {
  const stat = look(walk, path)
  if (!stat) return 'absent'
  if (!stat.isDirectory()) {
    const change = walk.byPath.get(path)
    // A tracked file or link that makes room for the folder is judged at its own path.
    if (change && isFile(change.old) && !isFile(change.new)) return 'absent'
    return stat.isSymbolicLink() ? 'link' : 'untracked'
  }
  if (stat.dev !== walk.device) return 'other_disk'
  return look(walk, `${path}/.git`) ? 'repository' : 'there'
}

function trackedObstacle(walk: Walk, change: Change, stat: BigIntStats): ObstacleKind | undefined {
  const { index, repository, indexSeconds } = walk
  const entry = findEntry(index, change.path)
  if (!entry || stat.isDirectory()) return 'modified'
  walk.seen.set(change.path, stat)
  const kindFits = isKindOf(entry.mode, stat, repository.core.fileMode)
  const untouched = isUntouched(readStat(index, entry), statOf(stat))
  if (kindFits && untouched && !isRacy(index, entry.at, indexSeconds)) return undefined
  if (kindFits && isBlobAt(repository, change.path, entry.oid)) return undefined
  walk.suspects.push(change.path)
  return undefined
}

function isKindOf(mode: number, stat: BigIntStats, fileMode: boolean): boolean {
  if (mode === LINK) return stat.isSymbolicLink()
  // git knows of the owner's right to execute, and of nothing else.
  return stat.isFile() && (!fileMode || ((stat.mode & 0o100n) !== 0n) === (mode & 0o100) > 0)
}

function folderObstacle(
  walk: Walk,
  { path, old, new: fresh }: Change,
  stat: BigIntStats,
): ObstacleKind | undefined {
  if (stat.dev !== walk.device) return 'other_disk'
  if (isGitlink(old)) return hasOnlyLeaving(walk, path, false) ? undefined : 'repository'
  // A new submodule needs an empty folder, a new file none: what is tracked in it leaves.
  return hasOnlyLeaving(walk, path, isFile(fresh)) ? undefined : 'untracked'
}

/** True when the folder holds nothing but tracked files that the change removes, and has any if it must. */
function hasOnlyLeaving(walk: Walk, path: RawPath, mustHave: boolean): boolean {
  const names = readdirSync(placeOf(walk.repository.root, path), { encoding: 'latin1' })
  if (names.length === 0) return !mustHave
  return names.every((name) => {
    const inner = `${path}/${name}`
    const change = walk.byPath.get(inner)
    if (change) return isFile(change.old) && !change.new
    return look(walk, inner)?.isDirectory() === true && hasOnlyLeaving(walk, inner, true)
  })
}

/** On a file system that knows no case, the old name of a renamed file stands at its new name, too. */
function isRenamedCase(walk: Walk, path: RawPath, stat: BigIntStats): boolean {
  if (!walk.repository.core.ignoreCase) return false
  const folded = foldPath(path)
  return walk.changes.some(
    (change) =>
      isFile(change.old) &&
      !change.new &&
      foldPath(change.path) === folded &&
      look(walk, change.path)?.ino === stat.ino,
  )
}

function findCollisions(walk: Walk): void {
  const arriving = walk.changes.filter((change) => change.new && !change.old)
  if (arriving.length === 0) return
  const standing = new Map<string, RawPath>()
  for (const at of walk.index.starts) {
    const path = pathAt(walk.index, at)
    const change = walk.byPath.get(path)
    if (!change || change.new) standing.set(foldPath(path), path)
  }
  for (const { path } of arriving) {
    const other = standing.get(foldPath(path))
    if (other !== undefined && other !== path) walk.obstacles.push(obstacle(path, 'case'))
    standing.set(foldPath(path), path)
  }
}

const look = ({ repository }: Walk, path: RawPath): BigIntStats | undefined =>
  lookAt(placeOf(repository.root, path))
