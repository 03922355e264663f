import type { Side } from '../checkout/changes.ts'
import type { RawPath } from '../checkout/raw-path.ts'
import type { ObjectFormat } from '../repository.ts'
import { invalidateTrees } from './cache-tree.ts'
import {
  distrust,
  type EntryStat,
  firstFrom,
  HEADER,
  type IndexFile,
  isRacy,
  listExtensions,
  NAME_LENGTH,
  oidLength,
  pathAt,
  STAT,
  seal,
} from './index-file.ts'

/** What an index shall have at a path: nothing, or an entry; without stat data git looks at the content. */
export interface IndexEdit {
  path: RawPath
  entry?: Side & { stat?: EntryStat }
}

/**
 * A new index with the edits made and every other entry as it was. Entries that the old index already
 * had to doubt (written in its own second) stay in doubt, since the new one is younger; so git does it.
 */
export function editIndex(
  index: IndexFile,
  edits: readonly IndexEdit[],
  indexSeconds: number,
): Buffer {
  const copy = { ...index, bytes: Buffer.from(index.bytes) }
  for (const at of index.starts) if (isRacy(copy, at, indexSeconds)) distrust(copy, at)
  const { pieces, count } = mergeEntries(copy, edits)
  const header = Buffer.from(copy.bytes.subarray(0, HEADER))
  header.writeUInt32BE(count, 8)
  const checksum = copy.bytes.subarray(copy.bytes.length - oidLength(index.format))
  const edited = Buffer.concat([header, ...pieces, ...treesOf(copy, edits), checksum])
  seal(edited, index.format)
  return edited
}

/** An index of nothing but these entries, which stand in git's order. */
export function buildIndex(entries: readonly (Side & { path: RawPath })[], format: ObjectFormat) {
  const header = Buffer.alloc(HEADER)
  header.write('DIRC', 'latin1')
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(entries.length, 8)
  const encoded = entries.map((entry) => encodeEntry(entry.path, entry, format))
  // Not zero, or it would count as an index without checksum.
  const bytes = Buffer.concat([header, ...encoded, Buffer.alloc(oidLength(format), 1)])
  seal(bytes, format)
  return bytes
}

function mergeEntries(index: IndexFile, edits: readonly IndexEdit[]) {
  const { bytes, format, starts } = index
  const pieces: Buffer[] = []
  let count = starts.length
  let copied = HEADER
  for (const { path, entry } of [...edits].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const n = firstFrom(index, path)
    const begin = starts[n] ?? index.end
    const has = begin < index.end && pathAt(index, begin) === path
    pieces.push(bytes.subarray(copied, begin))
    copied = has ? (starts[n + 1] ?? index.end) : begin
    if (entry) pieces.push(encodeEntry(path, entry, format))
    count += (entry ? 1 : 0) - (has ? 1 : 0)
  }
  pieces.push(bytes.subarray(copied, index.end))
  return { pieces, count }
}

function encodeEntry(
  path: RawPath,
  { mode, oid, stat }: Side & { stat?: EntryStat },
  format: ObjectFormat,
): Buffer {
  const nameAt = STAT + oidLength(format) + 2
  const bytes = Buffer.alloc((nameAt + path.length + 8) & ~7)
  const { ctime, mtime, dev, ino, uid, gid, size } = stat ?? NO_STAT
  for (const [n, word] of [...ctime, ...mtime, dev, ino, mode, uid, gid, size].entries()) {
    bytes.writeUInt32BE(word, 4 * n)
  }
  bytes.write(oid, STAT, 'hex')
  bytes.writeUInt16BE(Math.min(path.length, NAME_LENGTH), nameAt - 2)
  bytes.write(path, nameAt, 'latin1')
  return bytes
}

const NO_STAT: EntryStat = {
  ctime: [0, 0],
  mtime: [0, 0],
  dev: 0,
  ino: 0,
  uid: 0,
  gid: 0,
  size: 0,
}

/** Of the extensions only the list of trees outlives a change; git makes the others again. */
function treesOf(index: IndexFile, edits: readonly IndexEdit[]): Buffer[] {
  const trees = listExtensions(index).find(({ name }) => name === 'TREE')
  if (!trees) return []
  const paths = edits.map(({ path }) => path)
  const data = invalidateTrees(trees.data, oidLength(index.format), paths)
  const head = Buffer.from('TREE\0\0\0\0', 'latin1')
  head.writeUInt32BE(data.length, 4)
  return [head, data]
}
