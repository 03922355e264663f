import { randomUUID } from 'node:crypto'
import { type BigIntStats, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import { distrust, findEntry, type IndexFile, seal } from '../user-index/index-file.ts'
import { isIndexLocked, lockPath } from '../user-index/index-lock.ts'
import type { IndexSnapshot } from '../user-index/read-index.ts'
import type { Change } from './changes.ts'
import { inspectPaths } from './inspect-paths.ts'
import { describeObstacles, obstacle } from './obstacle.ts'
import { readMark } from './operation.ts'
import { type RawPath, rawPath, shownPath } from './raw-path.ts'

interface Reading {
  git: Git
  repository: UserRepository
}

type Refusal = Failure<'index_locked' | 'index_unmerged' | 'sparse_checkout' | 'files_in_the_way'>

/**
 * Refuses what makes a change of the origin checkout unsafe; else returns each file that the change
 * replaces or removes, as it was when it was found unmodified. Reads only.
 */
export async function checkOrigin(
  reading: Reading,
  { index, changes }: { index: IndexSnapshot; changes: readonly Change[] },
): Promise<Result<Map<RawPath, BigIntStats>, Refusal>> {
  const { repository } = reading
  if (isIndexLocked(repository.gitDir)) {
    const file = lockPath(repository.gitDir)
    return fail('index_locked', `${file} is there`, { details: { file } })
  }
  const { file } = index
  if (file.unmerged.size > 0) {
    const paths = [...file.unmerged].map(shownPath)
    return fail('index_unmerged', `${paths.length} paths are unmerged`, {
      details: { paths: paths.slice(0, SHOWN), total: paths.length },
    })
  }
  if (file.sparse || (await isSparse(reading))) {
    return fail('sparse_checkout', `${repository.root} is a sparse checkout`)
  }
  const found = await inspectPaths({
    repository,
    changes,
    index: file,
    indexSeconds: index.seconds,
  })
  const modified =
    found.suspects.length > 0 ? await findModified(reading, index, found.suspects) : []
  const obstacles = [...found.obstacles, ...modified.map((path) => obstacle(path, 'modified'))]
  if (obstacles.length === 0) return ok(found.seen)
  const { message, details } = describeObstacles(obstacles)
  return fail('files_in_the_way', message, { details })
}

// More than a person reads; the total says how many there are.
const SHOWN = 100

async function isSparse({ git, repository }: Reading): Promise<boolean> {
  // Without patterns nothing is left out, whatever the setting says.
  if (readMark(repository.gitDir, 'info/sparse-checkout') === undefined) return false
  const setting = await git.run(
    repository.place,
    ['config', '--type=bool', '--get', 'core.sparseCheckout'],
    { expect: [1] },
  )
  return setting.stdout.toString('latin1').trim() === 'true'
}

// Beyond this, or with names that are no UTF-8, the command line is no way to name the paths.
const NAMED_BYTES = 50_000

/** Those of the paths whose content git, with the user's filters, finds changed, whatever their age says. */
async function findModified(
  { git, repository }: Reading,
  index: IndexSnapshot,
  suspects: readonly RawPath[],
): Promise<RawPath[]> {
  const named = suspects.map(shownPath)
  const nameable =
    suspects.join('').length < NAMED_BYTES && named.every((path) => !path.includes('\ufffd'))
  const indexFile = join(repository.gitDir, `index.thalogos-${randomUUID()}`)
  try {
    writeFileSync(indexFile, doubting(index.file, suspects))
    const { stdout } = await git.run({ ...repository.place, indexFile }, [
      'status',
      '--porcelain=v2',
      '-z',
      '--untracked-files=no',
      '--ignore-submodules=all',
      '--no-renames',
      ...(nameable ? ['--', ...named] : []),
    ])
    const modified = readModified(stdout)
    return suspects.filter((path) => modified.has(path))
  } finally {
    rmSync(indexFile, { force: true })
  }
}

/** A copy of the index in which git trusts no stat data of these paths: it must compare contents. */
function doubting(file: IndexFile, suspects: readonly RawPath[]): Buffer {
  const copy = { ...file, bytes: Buffer.from(file.bytes) }
  for (const path of suspects) {
    const entry = findEntry(copy, path)
    if (entry) distrust(copy, entry.at)
  }
  seal(copy.bytes, file.format)
  return copy.bytes
}

/** git-status(1), "Porcelain Format Version 2": eight fields, then the path; a dot means unmodified. */
function readModified(stdout: Buffer): Set<RawPath> {
  const lines = rawPath(stdout).split('\0')
  return new Set(
    lines
      .map((line) => /^1 .[^.] (?:\S+ ){6}(.+)$/s.exec(line)?.[1])
      .filter((path) => path !== undefined),
  )
}
