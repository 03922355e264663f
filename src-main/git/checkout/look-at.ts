import { type BigIntStats, lstatSync } from 'node:fs'

/** What stands at a place, links not followed; nothing also when a part of the way is no folder. */
export function lookAt(place: Buffer): BigIntStats | undefined {
  try {
    return lstatSync(place, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}
