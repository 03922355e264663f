import { type BigIntStats, lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import type { Change } from './changes.ts'
import { isSame, waitingPlace } from './place-files.ts'
import { placeOf, type RawPath, shownPath } from './raw-path.ts'

/**
 * Files that were moved out of the way and written to afterwards, through a descriptor that an editor
 * held: what is in them is nowhere else.
 */
export function findEdited(
  old: string,
  changes: readonly Change[],
  seen: ReadonlyMap<RawPath, BigIntStats>,
): number[] {
  return waitingNumbers(old).filter((n) => {
    const expected = seen.get(changes[n]?.path ?? '')
    return !expected || !isSame(lstatSync(waitingPlace(old, n), { bigint: true }), expected)
  })
}

/** The numbers of the changes whose file waits in `old`. */
export function waitingNumbers(old: string): number[] {
  try {
    return readdirSync(old).map(Number)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Moves waiting files to a folder that nothing of ours removes; the places, for the user. */
export function keepFiles(
  { old, kept }: { old: string; kept: string },
  changes: readonly Change[],
  numbers: readonly number[],
): string[] {
  return numbers.map((n) => {
    const path = changes[n]?.path ?? String(n)
    const place = placeOf(kept, path)
    mkdirSync(place.subarray(0, place.lastIndexOf('/')), { recursive: true })
    renameSync(waitingPlace(old, n), place)
    return `${kept}/${shownPath(path)}`
  })
}
