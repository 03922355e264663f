import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { type RawPath, rawPath } from '../checkout/raw-path.ts'
import type { ObjectFormat } from '../repository.ts'

/** git's index as read from one file, in one go; entries are decoded when they are asked for. */
export interface IndexFile {
  bytes: Buffer
  format: ObjectFormat
  /** Where each entry that is merged begins, in the order of the paths. */
  starts: number[]
  /** Where the entries end and the extensions begin. */
  end: number
  unmerged: Set<RawPath>
  /** Some entries lie in another file (git-update-index(1), "Split Index"). */
  split: boolean
  /** Folders stand for entries (sparse index). */
  sparse: boolean
}

/** One entry of git's index, which begins at `at`. */
export interface IndexEntry {
  at: number
  mode: number
  oid: string
  /** Assume-unchanged or skip-worktree: git does not look at the file. */
  hidden: boolean
  /** `git add --intent-to-add`: the path is announced, its content is not staged. */
  intent: boolean
}

/** The stat data of an entry; every number is cut to 32 bits as git does. */
export interface EntryStat {
  ctime: readonly [seconds: number, nanoseconds: number]
  mtime: readonly [seconds: number, nanoseconds: number]
  dev: number
  ino: number
  uid: number
  gid: number
  size: number
}

// gitformat-index(5): 12 bytes of header; 40 of stat data before the id of each entry.
export const HEADER = 12
export const STAT = 40
export const NAME_LENGTH = 0x0fff
// Flags of an entry, first and (version 3) second half.
const ASSUME_VALID = 0x8000
const EXTENDED = 0x4000
const STAGES = 0x3000
const SKIP_WORKTREE = 0x4000
const INTENT_TO_ADD = 0x2000
// Some milliseconds of work between two looks at the event loop.
const PAUSE_EVERY = 20_000

export const oidLength = (format: ObjectFormat): number => (format === 'sha256' ? 32 : 20)

/** What must be known before an index is read; nothing when it is none. */
export function inspectHeader(bytes: Buffer): { version: number } | undefined {
  if (bytes.length < HEADER || bytes.toString('latin1', 0, 4) !== 'DIRC') return undefined
  return { version: bytes.readUInt32BE(4) }
}

/**
 * Reads git's index, versions 2 and 3 (gitformat-index(5)). Throws on anything else: an index that is
 * not understood is never written.
 */
export async function parseIndex(bytes: Buffer, format: ObjectFormat): Promise<IndexFile> {
  const version = inspectHeader(bytes)?.version
  if (version !== 2 && version !== 3) throw new Error('the index has a form that is not known')
  const index: IndexFile = {
    bytes,
    format,
    starts: [],
    end: HEADER,
    unmerged: new Set(),
    split: false,
    sparse: false,
  }
  const count = bytes.readUInt32BE(8)
  for (let n = 0; n < count; n += 1) {
    stepOver(index)
    if (n % PAUSE_EVERY === PAUSE_EVERY - 1) await setImmediate()
  }
  const names = listExtensions(index).map(({ name }) => name)
  return { ...index, split: names.includes('link'), sparse: names.includes('sdir') }
}

/** Names are not read here: of ten thousand entries a Save asks for ten. */
function stepOver(index: IndexFile): void {
  const { bytes, end: at } = index
  const { begin, end } = nameBounds(index, at)
  const stages = bytes.readUInt16BE(at + STAT + oidLength(index.format)) & STAGES
  if (stages === 0) index.starts.push(at)
  else index.unmerged.add(bytes.toString('latin1', begin, end))
  // One to eight NULs bring the entry to a multiple of eight bytes.
  index.end = at + ((end - at + 8) & ~7)
}

function nameBounds({ bytes, format }: IndexFile, at: number): { begin: number; end: number } {
  const flagsAt = at + STAT + oidLength(format)
  const flags = bytes.readUInt16BE(flagsAt)
  const begin = flagsAt + (flags & EXTENDED ? 4 : 2)
  const said = flags & NAME_LENGTH
  return { begin, end: said < NAME_LENGTH ? begin + said : bytes.indexOf(0, begin) }
}

/** The path of the entry that begins at `at`. */
export function pathAt(index: IndexFile, at: number): RawPath {
  const { begin, end } = nameBounds(index, at)
  return index.bytes.toString('latin1', begin, end)
}

/** Every path whose last part is `name`. */
export function pathsNamed(index: IndexFile, name: string): RawPath[] {
  const wanted = Buffer.from(name, 'latin1')
  const found: RawPath[] = []
  for (const at of index.starts) {
    const { begin, end } = nameBounds(index, at)
    const from = end - wanted.length
    const isPart = from === begin || (from > begin && index.bytes[from - 1] === SLASH)
    if (isPart && index.bytes.compare(wanted, 0, wanted.length, from, end) === 0) {
      found.push(pathAt(index, at))
    }
  }
  return found
}

const SLASH = 0x2f

export interface Extension {
  name: string
  data: Buffer
}

/** What follows the entries, up to the checksum. */
export function listExtensions({ bytes, format, end }: IndexFile): Extension[] {
  const extensions: Extension[] = []
  let next = end
  while (next + 8 <= bytes.length - oidLength(format)) {
    const data = bytes.subarray(next + 8, next + 8 + bytes.readUInt32BE(next + 4))
    extensions.push({ name: rawPath(bytes.subarray(next, next + 4)), data })
    next += 8 + data.length
  }
  return extensions
}

/** The number of the first entry whose path is not before `path`. */
export function firstFrom(index: IndexFile, path: RawPath): number {
  let [low, high] = [0, index.starts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (pathAt(index, index.starts[middle] ?? 0) < path) low = middle + 1
    else high = middle
  }
  return low
}

/** The entry of a path, if there is one that is merged. */
export function findEntry(index: IndexFile, path: RawPath): IndexEntry | undefined {
  const at = index.starts[firstFrom(index, path)]
  if (at === undefined || pathAt(index, at) !== path) return undefined
  const { bytes, format } = index
  const flagsAt = at + STAT + oidLength(format)
  const flags = bytes.readUInt16BE(flagsAt)
  const more = flags & EXTENDED ? bytes.readUInt16BE(flagsAt + 2) : 0
  return {
    at,
    mode: bytes.readUInt32BE(at + 24),
    oid: bytes.toString('hex', at + STAT, flagsAt),
    hidden: (flags & ASSUME_VALID) !== 0 || (more & SKIP_WORKTREE) !== 0,
    intent: (more & INTENT_TO_ADD) !== 0,
  }
}

/** The stat data that an entry carries. */
export function readStat({ bytes }: IndexFile, { at }: IndexEntry): EntryStat {
  const word = (n: number) => bytes.readUInt32BE(at + 4 * n)
  return {
    ctime: [word(0), word(1)],
    mtime: [word(2), word(3)],
    dev: word(4),
    ino: word(5),
    uid: word(7),
    gid: word(8),
    size: word(9),
  }
}

const SECOND = 1_000_000_000n
const cut = (value: bigint): number => Number(value & 0xffff_ffffn)

/** What the entry of a file with this stat would carry. */
export const statOf = (stat: BigIntStats): EntryStat => ({
  ctime: [cut(stat.ctimeNs / SECOND), Number(stat.ctimeNs % SECOND)],
  mtime: [cut(stat.mtimeNs / SECOND), Number(stat.mtimeNs % SECOND)],
  dev: cut(stat.dev),
  ino: cut(stat.ino),
  uid: cut(stat.uid),
  gid: cut(stat.gid),
  size: cut(stat.size),
})

/** True when nothing happened to the file since git looked; the device's number may change at each start. */
export const isUntouched = (a: EntryStat, b: EntryStat): boolean =>
  a.mtime[0] === b.mtime[0] &&
  a.mtime[1] === b.mtime[1] &&
  a.ctime[0] === b.ctime[0] &&
  a.ctime[1] === b.ctime[1] &&
  a.ino === b.ino &&
  a.uid === b.uid &&
  a.gid === b.gid &&
  a.size === b.size

/**
 * True when the file may have changed after git looked and still look the same: it was written in the
 * second in which the index was, or later (git's Documentation/technical/racy-git.txt).
 */
export const isRacy = ({ bytes }: IndexFile, at: number, indexSeconds: number): boolean =>
  bytes.readUInt32BE(at + 8) >= indexSeconds

/** Makes git look at the content the next time, as it does itself when it writes an index. */
export function distrust({ bytes }: IndexFile, at: number): void {
  bytes.writeUInt32BE(0, at + 36)
}

/** Completes an index after changes: its own checksum, unless it goes without (index.skipHash). */
export function seal(bytes: Buffer, format: ObjectFormat): void {
  const end = bytes.length - oidLength(format)
  if (bytes.subarray(end).every((byte) => byte === 0)) return
  createHash(format).update(bytes.subarray(0, end)).digest().copy(bytes, end)
}
