import type { BigIntStats, Dirent } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { foldPath, placeOf, type RawPath } from '../checkout/raw-path.ts'
import { entriesOf, isSpecial, pathIn } from '../worktree/folder-entries.ts'
import { LARGE_BYTES, type LargeFile } from './large.ts'

/** What stands in a worktree that git would take wrongly, pass over in silence, trip over or wait for. */
export interface Survey {
  /** Folders with a `.git` of their own, whatever it is. */
  nested: RawPath[]
  /** The same among the folders that git ignores: it looks into such a `.git` before it ignores it. */
  hidden: RawPath[]
  /** What git would read as its settings and is no plain file (it waits for a pipe), or no size for it. */
  traps: RawPath[]
  /** Folders of submodules that are not empty. */
  filled: RawPath[]
  /** Sockets, pipes, devices. */
  special: RawPath[]
  unreadable: RawPath[]
  /** Names that are the same where case makes no difference. */
  colliding: RawPath[]
  /** Folders that git ignores; nothing below them was looked at. */
  ignored: RawPath[]
  large: LargeFile[]
}

export interface Walk {
  dir: string
  /** Folders that hold something of the index: git goes in there whatever it ignores. */
  tracked: ReadonlySet<RawPath>
  gitlinks: ReadonlySet<RawPath>
  ignoreCase: boolean
  /** Which of these git ignores. Asked only while nothing above them could hold git up. */
  askIgnored(paths: readonly RawPath[]): Promise<ReadonlySet<RawPath>>
}

interface Level {
  folders: RawPath[]
  special: RawPath[]
  colliding: RawPath[]
  large: LargeFile[]
}

// As many as libuv has threads for files, twice: one waits while another is served.
const READERS = 8
// Each look at a file waits for the disk; so many keep its threads busy.
const LOOKED_AT_ONCE = 64
// Asking takes a process for each level. Sources are less deep; below, what is ignored is only found later.
const ASKED_DEPTH = 32
const ASKED_BELOW = 64

/**
 * Walks the folder, top down and before any git does, without following links. The clone's own `.git`
 * and what git ignores are left out. Nothing is opened but folders.
 */
export async function surveyFolder(walk: Walk): Promise<Survey> {
  const found: Survey = {
    nested: [],
    hidden: [],
    traps: [],
    filled: [],
    special: [],
    unreadable: [],
    colliding: [],
    ignored: [],
    large: [],
  }
  let folders: RawPath[] = ['']
  for (let depth = 0; folders.length > 0; depth += 1) {
    const level = await lookInto(walk, found, folders)
    folders = await sift({ walk, found, depth }, level)
  }
  const { large, ...paths } = found
  for (const list of Object.values(paths)) list.sort()
  large.sort((a, b) => (a.path < b.path ? -1 : 1))
  return found
}

/** True when git, let loose in the folder, would stay within its content and come to an end. */
export const isHarmless = (survey: Survey): boolean =>
  survey.nested.length + survey.hidden.length + survey.traps.length === 0

export const isRepositoryName = (path: RawPath): boolean => /(^|\/)\.git$/i.test(path)

const isSettingsName = (path: RawPath): boolean => /(^|\/)\.git[^/]+$/i.test(path)

async function lookInto(walk: Walk, found: Survey, folders: readonly RawPath[]): Promise<Level> {
  const level: Level = { folders: [], special: [], colliding: [], large: [] }
  const waiting = folders.values()
  const reader = async () => {
    for (const folder of waiting) await readFolder({ walk, found, level }, folder)
  }
  await Promise.all(Array.from({ length: READERS }, reader))
  return level
}

interface Reading {
  walk: Walk
  found: Survey
  level: Level
}

async function readFolder(reading: Reading, folder: RawPath): Promise<void> {
  const { walk, found, level } = reading
  const names = new Set<string>()
  const files: RawPath[] = []
  for await (const entry of entriesOf(walk.dir, folder)) {
    if (entry === undefined) {
      found.unreadable.push(folder)
      continue
    }
    const path = pathIn(folder, entry)
    if (isRepositoryName(path)) {
      if (!isOwn(walk, path)) found.nested.push(folder)
      continue
    }
    if (walk.ignoreCase && names.size === names.add(foldPath(path)).size) level.colliding.push(path)
    await takeEntry(reading, entry, path)
    if (!entry.isFile() || files.push(path) < LOOKED_AT_ONCE) continue
    await weigh(reading, files.splice(0))
  }
  await weigh(reading, files)
}

async function takeEntry(reading: Reading, entry: Dirent<Buffer>, path: RawPath): Promise<void> {
  if (entry.isDirectory()) await takeFolder(reading, path)
  else await takeFile(reading, entry, path)
}

async function weigh({ walk, level }: Reading, files: readonly RawPath[]): Promise<void> {
  const look = async (path: RawPath) => {
    const stat = await lstatOf(walk, path)
    if (stat?.isFile() && stat.size > LARGE_BYTES) level.large.push({ path, stat })
  }
  await Promise.all(files.map(look))
}

async function takeFolder({ walk, found, level }: Reading, path: RawPath): Promise<void> {
  if (!walk.gitlinks.has(path)) level.folders.push(path)
  else if (await isFilled(walk, path)) found.filled.push(path)
}

async function takeFile(
  { walk, found, level }: Reading,
  entry: Dirent<Buffer>,
  path: RawPath,
): Promise<void> {
  if (isSettingsName(path) && (await isTrap(walk, entry, path))) found.traps.push(path)
  else if (isSpecial(entry)) level.special.push(path)
}

async function isTrap(walk: Walk, entry: Dirent<Buffer>, path: RawPath): Promise<boolean> {
  if (isSpecial(entry)) return true
  if (!entry.isFile()) return false
  const info = await lstatOf(walk, path)
  // git reads them whole into memory. The longest in use have some thousand lines.
  return info !== undefined && info.size > LARGE_BYTES
}

async function isFilled(walk: Walk, path: RawPath): Promise<boolean> {
  for await (const entry of entriesOf(walk.dir, path)) if (entry) return true
  return false
}

/** Adds what a level holds to what was found, and gives the folders of the next one. */
async function sift(
  { walk, found, depth }: { walk: Walk; found: Survey; depth: number },
  { folders, special, colliding, large }: Level,
): Promise<RawPath[]> {
  const asked = depth < ASKED_DEPTH || depth % ASKED_BELOW === 0
  const unsure = asked ? folders.filter((path) => !walk.tracked.has(path)) : []
  const questions = [...unsure, ...special, ...colliding, ...large.map(({ path }) => path)]
  // A trap here or above would hold up the one who is asked; then nothing counts as ignored.
  const silent = questions.length === 0 || found.traps.length > 0
  const ignored = silent ? new Set<RawPath>() : await walk.askIgnored(questions)
  const counts = (path: RawPath) => !ignored.has(path)
  found.special = found.special.concat(special.filter(counts))
  found.colliding = found.colliding.concat(colliding.filter(counts))
  found.large = found.large.concat(large.filter(({ path }) => counts(path)))
  const passed = folders.filter((path) => ignored.has(path) && !walk.tracked.has(path))
  for (const path of passed) {
    found.ignored.push(path)
    if (await lstatOf(walk, `${path}/.git`)) found.hidden.push(path)
  }
  const without = new Set(passed)
  return folders.filter((path) => !without.has(path))
}

async function lstatOf(walk: Walk, path: RawPath): Promise<BigIntStats | undefined> {
  try {
    return await lstat(placeOf(walk.dir, path), { bigint: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined
    // Behind a folder without rights git sees as little.
    if (code === 'EACCES' || code === 'EPERM') return undefined
    throw error
  }
}

// `.GIT` at the top is the clone's own only where the disk makes no difference between the two.
function isOwn(walk: Walk, path: RawPath): boolean {
  return path === '.git' || (walk.ignoreCase && path.toLowerCase() === '.git')
}
