import type { Git, Place } from '../exec.ts'
import { type RawPath, rawPath } from './raw-path.ts'

/** What a tree has at a path. */
export interface Side {
  mode: number
  oid: string
}

/** A path at which two trees differ; a side that is missing does not have it. */
export interface Change {
  path: RawPath
  old?: Side
  new?: Side
}

const GITLINK = 0o160000
export const LINK = 0o120000

export const isGitlink = (side: Side | undefined): boolean => side?.mode === GITLINK

/** True when the side stands in the working tree as a file or link of its own. */
export const isFile = (side: Side | undefined): side is Side =>
  side !== undefined && !isGitlink(side)

/** Where the trees of two commits differ, in git's order, every file for itself, gitlinks included. */
export async function readChanges(
  { git, place }: { git: Git; place: Place },
  from: string,
  to: string,
): Promise<Change[]> {
  const { stdout } = await git.run(place, [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--ignore-submodules=none',
    '--end-of-options',
    from,
    to,
  ])
  return parseChanges(stdout)
}

/** Reads `:<mode> <mode> <id> <id> <status>NUL<path>NUL` (git-diff-tree(1), "Raw output format"). */
export function parseChanges(raw: Buffer): Change[] {
  const fields = rawPath(raw).split('\0')
  const changes: Change[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldOid = '', newOid = ''] = (fields[at] ?? '')
      .slice(1)
      .split(' ')
    const old = sideOf(oldMode, oldOid)
    const fresh = sideOf(newMode, newOid)
    changes.push({
      path: fields[at + 1] ?? '',
      ...(old ? { old } : {}),
      ...(fresh ? { new: fresh } : {}),
    })
  }
  return changes
}

function sideOf(mode: string, oid: string): Side | undefined {
  const value = Number.parseInt(mode, 8)
  return value === 0 ? undefined : { mode: value, oid }
}

/** The same changes seen from the other side. */
export const reversed = (changes: readonly Change[]): Change[] =>
  changes.map(({ path, old, new: fresh }) => ({
    path,
    ...(fresh ? { old: fresh } : {}),
    ...(old ? { new: old } : {}),
  }))
