import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import type { Change, Side } from './changes.ts'
import { indexPath, readIndex } from './read-index.ts'
import type { WorkFolder } from './work-folder.ts'

export interface Alignment {
  git: Git
  repository: UserRepository
  work: WorkFolder
  /** Each path with the side that its entry may have and the side that it shall have. */
  changes: readonly Change[]
  /** True when what was there before is to return. */
  backwards: boolean
}

/**
 * Brings entries that are at the old side of a change to its new side; every other entry is the user's
 * and stays. The lock must be held. Where our own index still stands untouched, the one that was there
 * before returns whole.
 */
export async function alignIndex(alignment: Alignment): Promise<void> {
  const { git, repository, work, changes, backwards } = alignment
  const place = indexPath(repository)
  if (backwards && isSameContent(place, work.indexPlaced) && existsSync(work.indexBefore)) {
    renameSync(work.indexBefore, place)
    return
  }
  const { file, seconds } = await readIndex(git, repository)
  const due = changes.filter(({ path, old }) => isEntry(file.entries.get(path), old))
  if (due.length === 0) return
  rmSync(work.indexDraft, { force: true })
  copyFileSync(place, work.indexDraft)
  utimesSync(work.indexDraft, seconds, seconds)
  await git.run(
    { ...repository.place, indexFile: work.indexDraft },
    ['update-index', '-z', '--index-info'],
    {
      stdin: Buffer.from(entryLines(due), 'latin1'),
      config: { 'core.splitIndex': 'false', 'core.fsync': 'all' },
    },
  )
  renameSync(work.indexDraft, place)
}

function isEntry(entry: Side | undefined, side: Side | undefined): boolean {
  if (!entry || !side) return entry === undefined && side === undefined
  return entry.mode === side.mode && entry.oid === side.oid
}

/** git-update-index(1), "Using --index-info": what leaves first, so that a folder can take a file's place. */
function entryLines(changes: readonly Change[]): string {
  const lines = changes.map(({ path, old, new: side }) =>
    // Mode 0 removes the entry; the id must only have the right length.
    side ? `${side.mode.toString(8)} ${side.oid}\t${path}\0` : `0 ${old?.oid ?? ''}\t${path}\0`,
  )
  const leaving = lines.filter((line) => line.startsWith('0 '))
  return [...leaving, ...lines.filter((line) => !line.startsWith('0 '))].join('')
}

function isSameContent(a: string, b: string): boolean {
  return existsSync(a) && existsSync(b) && readFileSync(a).equals(readFileSync(b))
}
