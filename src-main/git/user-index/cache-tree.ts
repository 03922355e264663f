import { type RawPath, rawPath } from '../checkout/raw-path.ts'

interface Cursor {
  bytes: Buffer
  at: number
  /** Length of an object id. */
  oid: number
  stale: ReadonlySet<RawPath>
  kept: Buffer[]
}

/**
 * The index's list of trees (extension TREE, gitformat-index(5)) without those that `paths` lie in: git
 * computes them again when it needs them, and still trusts the others.
 */
export function invalidateTrees(bytes: Buffer, oid: number, paths: Iterable<RawPath>): Buffer {
  if (bytes.length === 0) return bytes
  const stale = new Set<RawPath>([''])
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      stale.add(path.slice(0, end))
    }
    // A file may have taken the place of a folder.
    stale.add(path)
  }
  const cursor: Cursor = { bytes, at: 0, oid, stale, kept: [] }
  copyTree(cursor, '')
  return Buffer.concat(cursor.kept)
}

/** Name NUL, number of entries SP number of subtrees LF, id unless the number of entries is negative. */
function copyTree(cursor: Cursor, above: RawPath): void {
  const { bytes, at, oid, stale, kept } = cursor
  const nameEnd = bytes.indexOf(0, at)
  const lineEnd = bytes.indexOf(10, nameEnd)
  const name = rawPath(bytes.subarray(at, nameEnd))
  const [entries = '', subtrees = ''] = rawPath(bytes.subarray(nameEnd + 1, lineEnd)).split(' ')
  const isValid = Number(entries) >= 0
  cursor.at = lineEnd + 1 + (isValid ? oid : 0)
  const path = above === '' ? name : `${above}/${name}`
  if (isValid && stale.has(path)) kept.push(Buffer.from(`${name}\0-1 ${subtrees}\n`, 'latin1'))
  else kept.push(bytes.subarray(at, cursor.at))
  for (let n = 0; n < Number(subtrees); n += 1) copyTree(cursor, path)
}
