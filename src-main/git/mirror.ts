import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { excludePattern } from './excludes.ts'
import { type Git, GitError, type Place } from './exec.ts'
import type { UserRepository } from './repository.ts'
import { clearTemporaryObjects } from './temporary-objects.ts'

/**
 * The host's own bare repository of a project: the only one in which the host runs git on what agents
 * wrote. The user's refs stand under `refs/origin/*`; everything else in it is ours.
 */
export interface Mirror {
  git: Git
  dir: string
  /** Profile `mirror`, without a working tree. */
  place: Place
  repository: UserRepository
  /** The user's excludes and the copied paths, as one file of patterns. */
  excludesFile: string
  /** Settings to pass with every command that reads or writes working files. */
  config: Readonly<Record<string, string>>
}

// Written last: a folder without it is what a killed process left.
const COMPLETE = 'thalogos-complete'
const REFSPECS = ['+refs/heads/*:refs/origin/heads/*', '+refs/tags/*:refs/origin/tags/*']
// git starts this in the user's repository and takes nothing of our settings along. The user named that
// repository, so whose it is does not matter; `git` is the one beside us, git puts its folder on PATH first.
const UPLOAD_PACK =
  "--upload-pack=git -c 'safe.directory=*' -c safe.bareRepository=all -c core.hooksPath=/dev/null -c core.fsmonitor=false upload-pack"

/**
 * Opens the project's mirror at `dir`, making it first when it is missing or half made: a bare clone
 * that shares the user's object files by hard links where the disk allows it. Then fetches the user's
 * refs. `copy` are the `worktree.copy` paths, which are never committed.
 */
export async function openMirror(
  git: Git,
  options: { dir: string; repository: UserRepository; copy?: readonly string[] },
): Promise<Mirror> {
  const { dir, repository, copy = [] } = options
  const place: Place = { profile: 'mirror', gitDir: dir }
  await git.alone.run(dir, async () => {
    if (!existsSync(join(dir, COMPLETE))) await make(git, dir, repository)
    else await clearTemporaryObjects(dir)
  })
  const excludesFile = await storeExcludes(dir, repository, copy)
  const mirror: Mirror = {
    git,
    dir,
    place,
    repository,
    excludesFile,
    config: contentConfig(repository, excludesFile),
  }
  await refresh(mirror)
  return mirror
}

/**
 * Fetches the user's branches and tags into `refs/origin/*`, and drops those that the user deleted.
 * No other ref of the mirror is touched, none of the user's ever.
 */
export async function refresh(mirror: Mirror): Promise<void> {
  const { git, dir, place, repository } = mirror
  // Two refreshes would each find a ref moved by the other. Every session opens the mirror for itself.
  await git.alone.run(dir, () => fetchRefs(git, place, repository))
}

async function make(git: Git, dir: string, repository: UserRepository): Promise<void> {
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 })
  await clearLeftovers(dir)
  const making = `${dir}.making-${randomBytes(4).toString('hex')}`
  await clone(git, repository, making)
  const place: Place = { profile: 'mirror', gitDir: making }
  await git.run(place, ['config', '--remove-section', 'remote.origin'], { expect: [128] })
  await git.run(place, ['config', 'gc.auto', '0'])
  await fetchRefs(git, place, repository)
  await dropClonedRefs(git, place)
  await writeFile(join(making, COMPLETE), '')
  await rename(making, dir)
}

// What has no mark of completeness is set aside, not deleted: were it ever more than a half-made clone,
// nothing of it would be lost. Clones that were never renamed hold nothing but copies.
async function clearLeftovers(dir: string): Promise<void> {
  if (existsSync(dir)) await rename(dir, `${dir}.incomplete-${randomBytes(4).toString('hex')}`)
  for (const name of await readdir(dirname(dir))) {
    if (name.startsWith(`${basename(dir)}.making-`)) {
      await rm(join(dirname(dir), name), { recursive: true, force: true })
    }
  }
}

async function clone(git: Git, repository: UserRepository, to: string): Promise<void> {
  const command = (how: string) => [
    'clone',
    '--quiet',
    '--bare',
    how,
    '--template=',
    UPLOAD_PACK,
    '--end-of-options',
    repository.commonDir,
    to,
  ]
  const options = { config: { 'safe.directory': '*' } }
  try {
    await git.run(undefined, command('--local'), options)
  } catch (error) {
    // Git shares no files where the object folder is or holds a link; it can still copy objects.
    if (!(error instanceof GitError) || error.diskFull) throw error
    await rm(to, { recursive: true, force: true })
    await git.run(undefined, command('--no-local'), options)
  }
}

async function fetchRefs(git: Git, place: Place, repository: UserRepository): Promise<void> {
  await git.run(place, [
    'fetch',
    '--quiet',
    '--no-tags',
    '--prune',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    UPLOAD_PACK,
    '--end-of-options',
    repository.commonDir,
    ...REFSPECS,
  ])
}

async function dropClonedRefs(git: Git, place: Place): Promise<void> {
  const refs = await git.text(place, ['for-each-ref', '--format=%(refname)'])
  const cloned = refs.split('\n').filter((ref) => ref !== '' && !ref.startsWith('refs/origin/'))
  await git.run(place, ['update-ref', '--no-deref', '--stdin', '-z'], {
    stdin: cloned.map((ref) => `delete ${ref}\0\0`).join(''),
  })
}

// One file for each content, named by it: sessions of one project may copy different paths.
async function storeExcludes(
  dir: string,
  repository: UserRepository,
  copy: readonly string[],
): Promise<string> {
  const text = `${repository.excludes}${copy.map((path) => `${excludePattern(path)}\n`).join('')}`
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const file = join(dir, 'info', `exclude-${hash}`)
  if (existsSync(file)) return file
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${randomBytes(4).toString('hex')}`
  await writeFile(temporary, text)
  await rename(temporary, file)
  return file
}

function contentConfig(repository: UserRepository, excludesFile: string): Record<string, string> {
  const { fileMode, ignoreCase, symlinks, precomposeUnicode } = repository.core
  return {
    'core.fileMode': String(fileMode),
    'core.ignoreCase': String(ignoreCase),
    'core.symlinks': String(symlinks),
    'core.precomposeUnicode': String(precomposeUnicode),
    'core.excludesFile': excludesFile,
    'core.longPaths': 'true',
    // Bytes go in and out as they are; only what the repository's own attributes say is converted.
    'core.autocrlf': 'false',
    'core.safecrlf': 'false',
    // The index of a task is ours and whole; a split or a sparse one could not be copied.
    'core.splitIndex': 'false',
    'core.sparseCheckout': 'false',
    'index.sparse': 'false',
  }
}
