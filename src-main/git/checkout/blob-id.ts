import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import type { UserRepository } from '../repository.ts'
import { placeOf, type RawPath } from './raw-path.ts'

// Hashing this much takes about a millisecond; anything larger is git's business, in its own process.
const LARGEST = 1_000_000n

/**
 * True when the bytes at the path, as they are, make exactly this blob. False says little: filters or
 * line endings may stand between, or the file is large.
 */
export function isBlobAt(repository: UserRepository, path: RawPath, oid: string): boolean {
  const place = placeOf(repository.root, path)
  const stat = lstatSync(place, { bigint: true, throwIfNoEntry: false })
  if (!stat || stat.size > LARGEST || !(stat.isFile() || stat.isSymbolicLink())) return false
  const bytes = stat.isFile() ? readFileSync(place) : readlinkSync(place, { encoding: 'buffer' })
  const hash = createHash(repository.objectFormat)
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === oid
}
