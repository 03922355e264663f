import { utimesSync, writeFileSync } from 'node:fs'
import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'
import type { IndexSnapshot } from './read-index.ts'

export interface Staging extends SideStaging {
  index: IndexSnapshot
}

export interface SideStaging {
  git: Git
  repository: UserRepository
  from: string
  to: string
  /** Folder that receives the files, empty; and the index that goes with them. */
  into: { files: string; index: string }
  /** An object folder that has what the user's repository may lack. */
  objects: string
}

/**
 * Writes the files that the change adds or alters into a folder of their own, as the user's
 * configuration and attributes would have them, and beside it the index that goes with them: the user's,
 * changed at exactly those paths (git-read-tree(1), "Two Tree Merge"). Touches nothing of the user's.
 */
export async function stageFiles(staging: Staging): Promise<void> {
  const { index, into } = staging
  writeFileSync(into.index, index.file.bytes)
  // git tells by the age of the index which entries it must not trust; rounded down, that errs to the safe side.
  utimesSync(into.index, index.seconds, index.seconds)
  await runReadTree(staging, ['-m', '-u', staging.from, staging.to])
}

/** The same files without regard to the user's index. */
export async function stageSide(staging: SideStaging): Promise<void> {
  await runReadTree(staging, [staging.from])
  await runReadTree(staging, ['-m', '-u', staging.from, staging.to])
}

async function runReadTree(staging: SideStaging, args: readonly string[]): Promise<void> {
  const { git, repository, into, objects } = staging
  const place = { ...repository.place, workTree: into.files, indexFile: into.index }
  await git.run(place, ['read-tree', ...args], {
    config: STAGING_CONFIG,
    env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(objects) },
  })
}

const STAGING_CONFIG = {
  'core.splitIndex': 'false',
  // A sparse checkout was refused before; without this, a leftover setting would leave files out.
  'core.sparseCheckout': 'false',
  'index.sparse': 'false',
}

/** git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES: a list, in which a name with the separator is quoted. */
const quoted = (path: string): string => (/[:;"]/.test(path) ? JSON.stringify(path) : path)
