import { lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import type { UserRepository } from '../repository.ts'
import { type Change, isFile, isGitlink } from './changes.ts'
import { lookAt } from './look-at.ts'
import { type Move, placeFiles, waitingPlace } from './place-files.ts'
import { placeOf, shownPath } from './raw-path.ts'

/** Both sides of a change as files, made anew: what is the user's shows by comparison. */
export interface Sides {
  /** Folders of the contents that are to go and that are to stand. */
  from: string
  to: string
  /** Receives what goes. */
  gone: string
}

export interface Convergence {
  repository: UserRepository
  sides: Sides
  /** From what is to go to what is to stand. */
  changes: readonly Change[]
  /** Where files wait that were moved out of the way; empty once a move was finished. */
  old: string
  /** True when files that wait are what is to stand. */
  backwards: boolean
}

// Someone would have to write one of these files each time between two looks at it.
const ATTEMPTS = 5

/**
 * Brings every path of a change to its new side if it still is at the old one, or is missing since we
 * moved it away. Anything else is the user's and is left; those paths are returned.
 */
export async function convergeFiles(convergence: Convergence): Promise<string[]> {
  const { repository, sides } = convergence
  for (let attempt = 1; ; attempt += 1) {
    const { moves, left } = planMoves(convergence)
    rmSync(sides.gone, { recursive: true, force: true })
    mkdirSync(sides.gone)
    const placement = { root: repository.root, old: sides.gone, moves, step: () => undefined }
    const { stopped } = await placeFiles(placement)
    if (!stopped) return left
    if (attempt === ATTEMPTS) return [...left, stopped.path]
  }
}

function planMoves(convergence: Convergence): { moves: Move[]; left: string[] } {
  const moves: Move[] = []
  const left: string[] = []
  for (const [n, change] of convergence.changes.entries()) {
    const plan = planMove(convergence, change, n)
    if (plan === 'left') left.push(shownPath(change.path))
    else if (plan) moves.push(plan)
  }
  return { moves, left }
}

function planMove(convergence: Convergence, change: Change, n: number): Move | 'left' | undefined {
  const { path } = change
  // A submodule's folder is left alone whatever becomes of its entry.
  if (isGitlink(change.new) && !isFile(change.old)) return undefined
  const place = placeOf(convergence.repository.root, path)
  const stat = lookAt(place)
  // A folder stands where one side has a file and the other none: the files in it have moves of their own.
  const isBoth = isFile(change.old) && isFile(change.new)
  if (!stat || (stat.isDirectory() && !isBoth)) return planMissing(convergence, change, n)
  const { from, to } = convergence.sides
  if (isFile(change.new) && isSameFile(place, placeOf(to, path))) return undefined
  if (!isFile(change.old) || !isSameFile(place, placeOf(from, path))) return 'left'
  const folder = isGitlink(change.new) ? { folder: true } : {}
  return { n, path, leaves: stat, ...arrivalOf(convergence, change, n), ...folder }
}

/** Missing on the side that is to go, or moved away by us; else the user removed it. */
function planMissing(
  convergence: Convergence,
  change: Change,
  n: number,
): Move | 'left' | undefined {
  if (!isFile(change.new)) return undefined
  const movedAway = lookAt(Buffer.from(waitingPlace(convergence.old, n))) !== undefined
  if (isFile(change.old) && !movedAway) return 'left'
  return { n, path: change.path, ...arrivalOf(convergence, change, n) }
}

function arrivalOf({ backwards, old, sides }: Convergence, change: Change, n: number) {
  if (!isFile(change.new)) return {}
  const waiting = Buffer.from(waitingPlace(old, n))
  const isWaiting = backwards && lookAt(waiting) !== undefined
  const place = isWaiting ? waiting : placeOf(sides.to, change.path)
  return { arrives: { place, isLink: false, stat: lstatSync(place, { bigint: true }) } }
}

/** The same kind of entry with the same bytes and the same right to execute. */
export function isSameFile(a: Buffer, b: Buffer): boolean {
  const [one, other] = [lookAt(a), lookAt(b)]
  if (!one || !other) return false
  if (one.isSymbolicLink() || other.isSymbolicLink()) {
    return (
      one.isSymbolicLink() &&
      other.isSymbolicLink() &&
      readlinkSync(a, { encoding: 'buffer' }).equals(readlinkSync(b, { encoding: 'buffer' }))
    )
  }
  return (
    one.isFile() &&
    other.isFile() &&
    one.size === other.size &&
    (one.mode & 0o100n) === (other.mode & 0o100n) &&
    readFileSync(a).equals(readFileSync(b))
  )
}
