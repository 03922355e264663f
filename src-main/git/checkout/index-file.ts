import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { ObjectFormat } from '../repository.ts'
import { type RawPath, rawPath } from './raw-path.ts'

/** One entry of git's index. `at` is where its 40 bytes of stat data begin. */
export interface IndexEntry {
  at: number
  mode: number
  oid: string
  /** Assume-unchanged or skip-worktree: git does not look at the file. */
  hidden: boolean
  /** `git add --intent-to-add`: the path is announced, its content is not staged. */
  intent: boolean
}

/** git's index as read from one file, in one go. */
export interface IndexFile {
  bytes: Buffer
  entries: Map<RawPath, IndexEntry>
  unmerged: Set<RawPath>
  /** Part of the entries lies in a shared index file. */
  split: boolean
  /** Folders stand for entries (sparse index). */
  sparse: boolean
}

/** The stat data of an entry; every number is cut to 32 bits as git does. */
export interface EntryStat {
  ctime: [number, number]
  mtime: [number, number]
  ino: number
  uid: number
  gid: number
  size: number
}

// gitformat-index(5): 12 bytes of header; 40 of stat data before the id of each entry.
const HEADER = 12
const STAT = 40
// Flags of an entry, first and (version 3 and later) second half.
const ASSUME_VALID = 0x8000
const EXTENDED = 0x4000
const STAGES = 0x3000
const NAME_LENGTH = 0x0fff
const SKIP_WORKTREE = 0x4000
const INTENT_TO_ADD = 0x2000
// About 5 ms of work between two looks at the event loop.
const PAUSE_EVERY = 20_000

/**
 * Reads git's index, versions 2 to 4 (gitformat-index(5)). Throws on anything else: an index that is
 * not understood is never written.
 */
export async function parseIndex(bytes: Buffer, format: ObjectFormat): Promise<IndexFile> {
  const version = bytes.length < HEADER ? 0 : bytes.readUInt32BE(4)
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) {
    throw new Error('the index has a form that is not known')
  }
  const cursor: Cursor = {
    bytes,
    version,
    oid: format === 'sha256' ? 32 : 20,
    at: HEADER,
    name: '',
  }
  const index: IndexFile = {
    bytes,
    entries: new Map(),
    unmerged: new Set(),
    split: false,
    sparse: false,
  }
  const count = bytes.readUInt32BE(8)
  for (let n = 0; n < count; n += 1) {
    const { stage, entry } = readEntry(cursor)
    if (stage === 0) index.entries.set(cursor.name, entry)
    else index.unmerged.add(cursor.name)
    if (n % PAUSE_EVERY === PAUSE_EVERY - 1) await setImmediate()
  }
  const extensions = readExtensions(cursor)
  return { ...index, split: extensions.has('link'), sparse: extensions.has('sdir') }
}

interface Cursor {
  bytes: Buffer
  version: number
  /** Length of an object id. */
  oid: number
  at: number
  /** The name read last; version 4 says only how the next one differs. */
  name: RawPath
}

function readEntry(cursor: Cursor): { stage: number; entry: IndexEntry } {
  const { bytes, at } = cursor
  const flagsAt = at + STAT + cursor.oid
  const flags = bytes.readUInt16BE(flagsAt)
  const more = flags & EXTENDED ? bytes.readUInt16BE(flagsAt + 2) : 0
  const nameAt = flagsAt + (flags & EXTENDED ? 4 : 2)
  if (cursor.version === 4) readShortenedName(cursor, nameAt)
  else readPaddedName(cursor, nameAt, flags & NAME_LENGTH)
  return {
    stage: (flags & STAGES) >> 12,
    entry: {
      at,
      mode: bytes.readUInt32BE(at + 24),
      oid: bytes.toString('hex', at + STAT, flagsAt),
      hidden: (flags & ASSUME_VALID) !== 0 || (more & SKIP_WORKTREE) !== 0,
      intent: (more & INTENT_TO_ADD) !== 0,
    },
  }
}

function readPaddedName(cursor: Cursor, nameAt: number, said: number): void {
  const end = said < NAME_LENGTH ? nameAt + said : cursor.bytes.indexOf(0, nameAt)
  cursor.name = cursor.bytes.toString('latin1', nameAt, end)
  // One to eight NULs bring the entry to a multiple of eight bytes.
  cursor.at += (end - cursor.at + 8) & ~7
}

function readShortenedName(cursor: Cursor, nameAt: number): void {
  const { bytes } = cursor
  let at = nameAt
  let byte = bytes.readUInt8(at++)
  let cut = byte & 0x7f
  while (byte & 0x80) {
    byte = bytes.readUInt8(at++)
    cut = ((cut + 1) << 7) | (byte & 0x7f)
  }
  const end = bytes.indexOf(0, at)
  cursor.name = cursor.name.slice(0, cursor.name.length - cut) + bytes.toString('latin1', at, end)
  cursor.at = end + 1
}

function readExtensions({ bytes, at, oid }: Cursor): Set<string> {
  const names = new Set<string>()
  let next = at
  while (next + 8 <= bytes.length - oid) {
    names.add(rawPath(bytes.subarray(next, next + 4)))
    next += 8 + bytes.readUInt32BE(next + 4)
  }
  return names
}

/** The stat data that an entry carries. */
export function readStat({ bytes }: IndexFile, { at }: IndexEntry): EntryStat {
  const word = (n: number) => bytes.readUInt32BE(at + 4 * n)
  return {
    ctime: [word(0), word(1)],
    mtime: [word(2), word(3)],
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
  ino: cut(stat.ino),
  uid: cut(stat.uid),
  gid: cut(stat.gid),
  size: cut(stat.size),
})

/** True when file and entry agree in all but the time of the last change of the inode. */
export function isSameFile(a: EntryStat, b: EntryStat): boolean {
  return (
    a.mtime[0] === b.mtime[0] &&
    a.mtime[1] === b.mtime[1] &&
    a.ino === b.ino &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.size === b.size
  )
}

/** True when nothing at all happened to the file since git looked at it. */
export const isUntouched = (a: EntryStat, b: EntryStat): boolean =>
  isSameFile(a, b) && a.ctime[0] === b.ctime[0] && a.ctime[1] === b.ctime[1]

/**
 * True when the file may have changed after git looked and still look the same: it was written in the
 * second in which the index was, or later (git's Documentation/technical/racy-git.txt).
 */
export const isRacy = ({ bytes }: IndexFile, { at }: IndexEntry, indexSeconds: number): boolean =>
  bytes.readUInt32BE(at + 8) >= indexSeconds

/** Writes the inode's time of change into an entry whose file was only linked to its place. */
export function writeChangeTime(index: IndexFile, entry: IndexEntry, stat: EntryStat): void {
  index.bytes.writeUInt32BE(stat.ctime[0], entry.at)
  index.bytes.writeUInt32BE(stat.ctime[1], entry.at + 4)
}

/** Makes git look at the content the next time, as it does itself when it writes an index. */
export function distrust(index: IndexFile, entry: IndexEntry): void {
  index.bytes.writeUInt32BE(0, entry.at + 36)
}

/** Completes an index after changes: its own checksum, unless it goes without (index.skipHash). */
export function seal({ bytes }: IndexFile, format: ObjectFormat): void {
  const end = bytes.length - (format === 'sha256' ? 32 : 20)
  if (bytes.subarray(end).every((byte) => byte === 0)) return
  createHash(format).update(bytes.subarray(0, end)).digest().copy(bytes, end)
}
