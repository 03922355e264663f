import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { foldPath, placeOf, type RawPath, rawPath } from '../checkout/raw-path.ts'

/** What stands in a worktree that git would take wrongly, pass over in silence, or trip over. */
export interface Survey {
  /** Folders with a `.git` of their own, whatever it is. */
  nested: RawPath[]
  /** Folders of submodules that are not empty. */
  filled: RawPath[]
  /** Sockets, pipes, devices. */
  special: RawPath[]
  unreadable: RawPath[]
  /** Names that are the same where case makes no difference. */
  colliding: RawPath[]
}

interface Walk {
  dir: string
  /** What git ignores, folders with a slash at their end. */
  ignored: ReadonlySet<RawPath>
  gitlinks: ReadonlySet<RawPath>
  ignoreCase: boolean
  found: Survey
}

/** Walks the folder without following links; ignored folders and the clone's own `.git` are left out. */
export async function surveyFolder(options: Omit<Walk, 'found'>): Promise<Survey> {
  const found: Survey = { nested: [], filled: [], special: [], unreadable: [], colliding: [] }
  await visit({ ...options, found }, '')
  for (const paths of Object.values(found)) paths.sort()
  return found
}

/** True when the worktree's folder is still the folder that the host made, and no link put in its place. */
export async function isRealFolder(dir: string): Promise<boolean> {
  try {
    return (await lstat(dir)).isDirectory()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function visit(walk: Walk, folder: RawPath): Promise<void> {
  const entries = await list(walk, folder)
  const pathOf = (entry: Dirent<Buffer>) =>
    folder === '' ? rawPath(entry.name) : `${folder}/${rawPath(entry.name)}`
  const content = entries.filter((entry) => {
    const path = pathOf(entry)
    if (!/(^|\/)\.git$/i.test(path)) return !walk.ignored.has(path) && !walk.ignored.has(`${path}/`)
    if (!isOwn(walk, path)) walk.found.nested.push(folder)
    return false
  })
  const { special, colliding } = walk.found
  special.push(...content.filter(isSpecial).map(pathOf))
  if (walk.ignoreCase) colliding.push(...sameButForCase(content.map(pathOf)))
  const below = content.filter((entry) => entry.isDirectory()).map(pathOf)
  await Promise.all(below.map((path) => enter(walk, path)))
}

const isSpecial = (entry: Dirent<Buffer>): boolean =>
  !entry.isDirectory() && !entry.isFile() && !entry.isSymbolicLink()

function sameButForCase(paths: readonly RawPath[]): RawPath[] {
  const seen = new Set<string>()
  return paths.filter((path) => seen.size === seen.add(foldPath(path)).size)
}

async function enter(walk: Walk, path: RawPath): Promise<void> {
  if (!walk.gitlinks.has(path)) return await visit(walk, path)
  if ((await list(walk, path)).length > 0) walk.found.filled.push(path)
}

// `.GIT` at the top is the clone's own only where the disk makes no difference between the two.
function isOwn(walk: Walk, path: RawPath): boolean {
  return path === '.git' || (walk.ignoreCase && path.toLowerCase() === '.git')
}

async function list(walk: Walk, folder: RawPath): Promise<Dirent<Buffer>[]> {
  const place = folder === '' ? Buffer.from(walk.dir) : placeOf(walk.dir, folder)
  try {
    return await readdir(place, { withFileTypes: true, encoding: 'buffer' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') walk.found.unreadable.push(folder)
    // Gone while we looked: an agent may still be at work when a snapshot is taken.
    else if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    return []
  }
}
