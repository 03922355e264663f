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
import { type IndexFile, parseIndex } from './index-file.ts'

/** The origin checkout's index at one moment. */
export interface IndexSnapshot {
  file: IndexFile
  /** When it was written, in whole seconds. */
  seconds: number
  /** Tells whether the file at its place is still the same. */
  mark: IndexMark | undefined
}

type IndexMark = Readonly<Record<'ino' | 'size' | 'mtimeNs' | 'ctimeNs', bigint>>

// An index of no entries, version 2; its checksum is not looked at.
const EMPTY = Buffer.from('444952430000000200000000', 'hex')

/** Reads the index of the origin checkout without writing anything there; none at all counts as empty. */
export async function readIndex(git: Git, repository: UserRepository): Promise<IndexSnapshot> {
  const opened = openIndex(repository)
  const { objectFormat } = repository
  if (!opened) {
    const bytes = Buffer.concat([EMPTY, Buffer.alloc(objectFormat === 'sha256' ? 32 : 20)])
    return { file: await parseIndex(bytes, objectFormat), seconds: 0, mark: undefined }
  }
  const { bytes, mark } = opened
  const seconds = Number(mark.mtimeNs / 1_000_000_000n)
  const file = await parseIndex(bytes, objectFormat)
  if (!file.split) return { file, seconds, mark }
  return { file: await joinIndex(git, repository, { bytes, seconds }), seconds, mark }
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

/** A split index, joined by git in a copy: the shared part is git's to find. */
async function joinIndex(
  git: Git,
  repository: UserRepository,
  { bytes, seconds }: { bytes: Buffer; seconds: number },
): Promise<IndexFile> {
  const copy = join(repository.gitDir, `index.thalogos-${randomUUID()}`)
  try {
    writeFileSync(copy, bytes)
    utimesSync(copy, seconds, seconds)
    const place = { ...repository.place, indexFile: copy }
    await git.run(place, ['update-index', '--force-write-index'], {
      config: { 'core.splitIndex': 'false' },
    })
    return await parseIndex(readFileSync(copy), repository.objectFormat)
  } finally {
    rmSync(copy, { force: true })
  }
}
