import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import { buildIndex } from './edit-index.ts'
import { type IndexFile, inspectHeader, parseIndex } from './index-file.ts'

/** The origin checkout's index at one moment. */
export interface IndexSnapshot {
  file: IndexFile
  /** When it was written, in whole seconds. */
  seconds: number
  /** The version in which it is stored; `file` is in version 2 or 3. */
  version: number
  /** Tells whether the file at its place is still the same. */
  mark: IndexMark | undefined
}

type IndexMark = Readonly<Record<'ino' | 'size' | 'mtimeNs' | 'ctimeNs', bigint>>

/** Reads the index of the origin checkout without writing anything there; none at all counts as empty. */
export async function readIndex(git: Git, repository: UserRepository): Promise<IndexSnapshot> {
  const opened = openIndex(repository)
  const { objectFormat } = repository
  if (!opened) {
    const file = await parseIndex(buildIndex([], objectFormat), objectFormat)
    return { file, seconds: 0, version: 2, mark: undefined }
  }
  const { bytes, mark } = opened
  const seconds = Number(mark.mtimeNs / 1_000_000_000n)
  const version = inspectHeader(bytes)?.version ?? 0
  const stored = { version, seconds, mark }
  if (version < 4) {
    const file = await parseIndex(bytes, objectFormat)
    if (!file.split) return { ...stored, file }
  }
  const plain = await rewriteIndex({ git, repository }, { bytes, seconds, version: 2 })
  return { ...stored, file: await parseIndex(plain, objectFormat) }
}

/** True when the index was not written since the snapshot. */
export function isIndexUnchanged(repository: UserRepository, { mark }: IndexSnapshot): boolean {
  const now = statSync(indexPath(repository), { bigint: true, throwIfNoEntry: false })
  return now === undefined ? mark === undefined : isDeepStrictEqual(markOf(now), mark)
}

export const indexPath = ({ gitDir }: UserRepository): string => join(gitDir, 'index')

function openIndex(repository: UserRepository) {
  const path = indexPath(repository)
  if (!existsSync(path)) return undefined
  // One descriptor for both: git replaces the file by rename, and the two must belong together.
  const descriptor = openSync(path, 'r')
  try {
    return {
      mark: markOf(fstatSync(descriptor, { bigint: true })),
      bytes: readFileSync(descriptor),
    }
  } finally {
    closeSync(descriptor)
  }
}

const markOf = ({ ino, size, mtimeNs, ctimeNs }: IndexMark): IndexMark => ({
  ino,
  size,
  mtimeNs,
  ctimeNs,
})

/**
 * The same index in another version and in one piece, written by git in a copy. `seconds` is its age: by
 * it git tells which entries it must not trust.
 */
export async function rewriteIndex(
  { git, repository }: { git: Git; repository: UserRepository },
  { bytes, seconds, version }: { bytes: Buffer; seconds: number; version: number },
): Promise<Buffer> {
  const copy = join(repository.gitDir, `index.thalogos-${randomUUID()}`)
  try {
    writeFileSync(copy, bytes)
    utimesSync(copy, seconds, seconds)
    const place = { ...repository.place, indexFile: copy }
    await git.run(place, ['update-index', `--index-version=${version}`, '--force-write-index'], {
      config: { 'core.splitIndex': 'false' },
    })
    return readFileSync(copy)
  } finally {
    rmSync(copy, { force: true })
  }
}
