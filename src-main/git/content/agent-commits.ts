import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { printableLine } from '../../base/index.ts'
import type { ObjectFormat } from '../repository.ts'

/** The agent's own commits, oldest first, by their subjects; `unread` when there are more or none can be read. */
export interface AgentCommits {
  subjects: string[]
  unread: boolean
}

// A task is one change; whoever made more commits than this is read in the clone, which is kept.
const MAX_COMMITS = 50
const MAX_REF_BYTES = 4_096
const MAX_PACKED_REFS_BYTES = 4 * 1024 * 1024
const MAX_OBJECT_BYTES = 256 * 1024
const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
// git-check-ref-format(1), stricter: what can be joined to a path without leaving the refs.
const REF = /^refs\/heads\/(?!.*\.\.)(?!.*\/\.)[^\s~^:?*[\\\0]+$/

/**
 * Reads what the agent committed in its private clone since `base`, as notes for the message. Git is
 * never run there: HEAD and refs are read as text, loose objects by hand, every read bounded and
 * refused where it is no plain file, every object checked against its id. Whatever is hostile or odd
 * (packed, linked, a pipe) only makes it `unread`.
 */
export async function readAgentCommits(
  dir: string,
  { base, objectFormat }: { base: string; objectFormat: ObjectFormat },
): Promise<AgentCommits> {
  const gitDir = join(dir, '.git')
  if (!(await isFolder(gitDir)) || !(await isFolder(join(gitDir, 'objects')))) {
    return { subjects: [], unread: true }
  }
  const head = await readHead(gitDir)
  if (!head) return { subjects: [], unread: true }
  const subjects: string[] = []
  const seen = new Set([base])
  const waiting = [head]
  for (let oid = waiting.shift(); oid !== undefined; oid = waiting.shift()) {
    if (seen.has(oid)) continue
    seen.add(oid)
    if (subjects.length === MAX_COMMITS) return { subjects: subjects.reverse(), unread: true }
    const commit = await readCommit(gitDir, oid, objectFormat)
    // What is not its own is the mirror's, or packed. Only the head tells which.
    if (!commit && oid === head) return { subjects: [], unread: true }
    if (!commit) continue
    subjects.push(commit.subject)
    waiting.push(...commit.parents)
  }
  return { subjects: subjects.reverse(), unread: false }
}

async function readHead(gitDir: string): Promise<string | undefined> {
  const head = await readBounded(join(gitDir, 'HEAD'), MAX_REF_BYTES)
  const text = head?.toString('utf8').trim() ?? ''
  if (OID.test(text)) return text
  const ref = /^ref: (.+)$/.exec(text)?.[1] ?? ''
  if (!REF.test(ref)) return undefined
  const loose = await readBounded(join(gitDir, ...ref.split('/')), MAX_REF_BYTES)
  const oid = loose?.toString('utf8').trim() ?? ''
  if (OID.test(oid)) return oid
  const packed = await readBounded(join(gitDir, 'packed-refs'), MAX_PACKED_REFS_BYTES)
  const line = packed
    ?.toString('utf8')
    .split('\n')
    .find((entry) => entry.endsWith(` ${ref}`))
  const [id = ''] = line?.split(' ', 1) ?? []
  return OID.test(id) ? id : undefined
}

async function readCommit(
  gitDir: string,
  oid: string,
  objectFormat: ObjectFormat,
): Promise<{ subject: string; parents: string[] } | undefined> {
  const file = join(gitDir, 'objects', oid.slice(0, 2), oid.slice(2))
  const packed = await readBounded(file, MAX_OBJECT_BYTES)
  const bytes = packed && (await unpack(packed))
  if (!bytes || createHash(objectFormat).update(bytes).digest('hex') !== oid) return undefined
  const body = bytes.subarray(bytes.indexOf(0) + 1).toString('utf8')
  if (!bytes.toString('latin1', 0, 7).startsWith('commit ')) return undefined
  const end = body.indexOf('\n\n')
  const header = end === -1 ? body : body.slice(0, end)
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent)
  const [line = ''] = body
    .slice(end + 2)
    .trimStart()
    .split('\n', 1)
  return {
    subject: printableLine(line) || '(no message)',
    parents: parents.filter((p) => OID.test(p)),
  }
}

async function unpack(bytes: Buffer): Promise<Buffer | undefined> {
  try {
    return await promisify(inflate)(bytes, { maxOutputLength: MAX_OBJECT_BYTES })
  } catch {
    // Not a loose object, or one that unfolds without end: nothing to note.
    return undefined
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory()
  } catch {
    return false
  }
}

/** The bytes of a plain file of at most `max` bytes; a link is not followed, a pipe not waited for. */
async function readBounded(path: string, max: number): Promise<Buffer | undefined> {
  // Windows has neither of the last two, and neither links without a privilege nor pipes in folders.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  try {
    await using file = await open(path, flags)
    const info = await file.stat()
    if (!info.isFile() || info.size > max) return undefined
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(info.size), position: 0 })
    return buffer.subarray(0, bytesRead)
  } catch {
    // Missing or hostile alike: there is nothing here to read.
    return undefined
  }
}
