import { randomUUID } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { UserRepository } from '../repository.ts'

/**
 * Where the origin checkout's change is prepared and where what it replaces waits. `files` lies on the
 * disk of the working tree, so that everything moves in one step; `index` lies beside the index.
 */
export interface WorkFolder {
  /** What the user's filters made of the new tree, by path. */
  fresh: string
  /** What was moved out of the way, by the number of the change. */
  old: string
  /** The index as it was, as it is prepared, and the one put in place (another name of the same file). */
  indexBefore: string
  indexDraft: string
  indexPlaced: string
  folders: readonly string[]
}

// In the git folder, where no tool of the user looks and git keeps unknown names.
const NAME = 'thalogos'

/** Names the work folder of one Save; nothing is created. */
export function workFolder({ root, gitDir }: UserRepository, id: string): WorkFolder {
  const own = join(gitDir, NAME, id)
  const files = deviceOf(root) === deviceOf(gitDir) ? own : join(root, `.${NAME}-${id}`)
  return {
    fresh: join(files, 'new'),
    old: join(files, 'old'),
    indexBefore: join(own, 'index-before'),
    indexDraft: join(own, 'index'),
    indexPlaced: join(own, 'index-placed'),
    folders: files === own ? [own] : [own, files],
  }
}

export function createWorkFolder(work: WorkFolder): void {
  for (const folder of work.folders) mkdirSync(folder, { recursive: true, mode: 0o700 })
  mkdirSync(work.fresh)
  mkdirSync(work.old)
}

/** Removes the folder with all that is in it: what the user could miss was taken out before. */
export function removeWorkFolder({ gitDir }: UserRepository, work: WorkFolder): void {
  for (const folder of work.folders) rmSync(folder, { recursive: true, force: true })
  removeIfEmpty(join(gitDir, NAME))
}

/**
 * Removes it after the caller went on: it gets a name that says that nobody needs it, and goes in the
 * background, or, should the process end before, with the next one.
 */
export async function retireWorkFolder(
  repository: UserRepository,
  work: WorkFolder,
): Promise<void> {
  const [own, ...others] = work.folders
  for (const folder of others) rmSync(folder, { recursive: true, force: true })
  if (own && existsSync(own)) {
    renameSync(own, join(repository.gitDir, NAME, `${RETIRED}${randomUUID()}`))
  }
  await removeRetired(repository)
}

/** Removes what earlier processes did not come to remove. */
export async function removeRetired({ gitDir }: UserRepository): Promise<void> {
  const parent = join(gitDir, NAME)
  if (!existsSync(parent)) return
  const retired = (await readdir(parent)).filter((name) => name.startsWith(RETIRED))
  for (const name of retired) await rm(join(parent, name), { recursive: true, force: true })
  removeIfEmpty(parent)
}

const RETIRED = 'retired-'

/** Where contents are kept that belong to the user and could not be left at their place. */
export const keptFolder = ({ gitDir }: UserRepository, id: string): string =>
  join(gitDir, NAME, `kept-${id}`)

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT' && code !== 'EEXIST') throw error
  }
}

const deviceOf = (path: string): number => lstatSync(path).dev
