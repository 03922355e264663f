import { type BigIntStats, constants } from 'node:fs'
import { cp, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'

const keptSchema = z.object({
  /** Relative to the folder; a folder stands for all that is in it. */
  paths: z.array(z.string()),
  /** What stood there when it was last right, by path. */
  marks: z.array(z.tuple([z.string(), z.string()])),
})
/** What a setup made in a verify folder and what it looked like then. */
export type KeptFiles = z.infer<typeof keptSchema>

/** What the setup made in `dir`; undefined while it has not run to its end, or its note is damaged. */
export async function readKept(dir: string): Promise<KeptFiles | undefined> {
  try {
    return keptSchema.parse(JSON.parse(await readFile(noteOf(dir), 'utf8')))
  } catch {
    return undefined
  }
}

/** Keeps a copy of what a setup made, in which nothing ever runs, and notes that it is whole. */
export async function recordKept(dir: string, made: readonly string[]): Promise<void> {
  const stats = await Promise.all(made.map((path) => lstat(join(dir, path))))
  const paths = made.filter((_path, at) => stats[at] && isKept(stats[at]))
  await rm(noteOf(dir), { force: true })
  await rm(pristineOf(dir), { recursive: true, force: true })
  await mkdir(pristineOf(dir), { recursive: true, mode: 0o700 })
  for (const path of paths) await copyBack(dir, { to: pristineOf(dir), path, recursive: true })
  await writeNote(dir, { paths, marks: [...(await survey(dir, paths))] })
}

/**
 * Puts back what was changed in what a setup made: checks run the agents' code, and what one of them installs
 * there must not be there for the next tree. Unchanged files, as told by the times the system keeps, are not read.
 */
export async function restoreKept(dir: string, { paths, marks }: KeptFiles): Promise<void> {
  const [right, found] = [new Map(marks), await survey(dir, paths)]
  const strange = [...found.keys()].filter((path) => right.get(path) !== found.get(path))
  const lost = [...right.keys()].filter((path) => right.get(path) !== found.get(path))
  if (strange.length === 0 && lost.length === 0) return
  for (const path of strange) await rm(join(dir, path), { recursive: true, force: true })
  // Parents stand before what is in them, here as in the survey.
  for (const path of lost) await copyBack(pristineOf(dir), { to: dir, path, recursive: false })
  await writeNote(dir, { paths, marks: [...(await survey(dir, paths))] })
}

const noteOf = (dir: string) => `${dir}.ready.json`
const pristineOf = (dir: string) => `${dir}.pristine`

const writeNote = (dir: string, kept: KeptFiles) =>
  writeFile(noteOf(dir), JSON.stringify(kept), { mode: 0o600 })

async function copyBack(
  from: string,
  { to, path, recursive }: { to: string; path: string; recursive: boolean },
): Promise<void> {
  await makeParents(to, path)
  const source = join(from, path)
  const stats = await lstat(source)
  if (!recursive && stats.isDirectory()) {
    await mkdir(join(to, path), { recursive: true, mode: stats.mode })
    return
  }
  await cp(source, join(to, path), {
    recursive,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: async (each) => isKept(await lstat(each)),
  })
}

// A pipe or a socket that a setup left cannot be copied, and is of no use without its process.
const isKept = (stats: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }) =>
  stats.isFile() || stats.isDirectory() || stats.isSymbolicLink()

/** The folders above a path, each a real one: through a link a check would have us write elsewhere. */
async function makeParents(root: string, path: string): Promise<void> {
  const parts = dirname(path).split('/')
  let at = root
  for (const part of parts) {
    at = join(at, part)
    if ((await look(at))?.isDirectory()) continue
    await rm(at, { recursive: true, force: true })
    await mkdir(at, { mode: 0o700 })
  }
}

/** Everything at and below some paths with a mark that changes when it does, parents first. */
async function survey(dir: string, paths: readonly string[]): Promise<Map<string, string>> {
  const marks = new Map<string, string>()
  const visit = async (path: string): Promise<void> => {
    const stats = await look(join(dir, path))
    if (!stats) return
    marks.set(path, markOf(stats))
    if (!stats.isDirectory()) return
    const names = await readdir(join(dir, path))
    // One folder at a time, its files together: some ten thousand of them must not all wait in memory.
    const below = names.sort().map((name) => `${path}/${name}`)
    const stated = await Promise.all(
      below.map(async (each) => [each, await look(join(dir, each))] as const),
    )
    for (const [each, its] of stated) {
      if (its?.isDirectory()) await visit(each)
      else if (its) marks.set(each, markOf(its))
    }
  }
  for (const path of paths) await visit(path.replace(/\/$/, ''))
  return marks
}

/** Nobody but the system sets the time of a file's last change of state (stat(2), st_ctim). */
function markOf(stats: BigIntStats): string {
  const { mode, size, mtimeNs, ctimeNs, ino } = stats
  return stats.isDirectory() ? `folder ${mode}` : [mode, size, mtimeNs, ctimeNs, ino].join(' ')
}

async function look(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
