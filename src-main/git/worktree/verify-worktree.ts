import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { shownPath } from '../checkout/raw-path.ts'
import { excludePattern } from '../excludes.ts'
import { GitError, type Place } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import { treeFacts } from '../tree-facts.ts'
import { copyPaths } from './copy-paths.ts'
import { contentPlace, indexFileOf } from './worktree.ts'

/** Which tree a verify worktree is to hold. */
export interface VerifyContent {
  dir: string
  tree: string
  /** Paths that stay though the tree does not have them, such as installed dependencies. */
  keep: readonly string[]
  /** Paths to copy from the user's checkout, as into a task's worktree. */
  copy: readonly string[]
}

/**
 * Makes a folder hold exactly a tree: changed and missing files are written, everything else is removed,
 * ignored files, repositories and a `.git` included, but `keep`. Files that are right already are not
 * touched, so that tools which look at times stay fast. Belongs to the host; no agent works in it.
 */
export async function fillVerifyWorktree(mirror: Mirror, content: VerifyContent): Promise<void> {
  const { dir, tree, keep, copy } = content
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const place = contentPlace(mirror, dir, indexFileOf(dir))
  const { git, config } = mirror
  // A git that was killed may have left it; nothing else works with this index.
  await rm(`${indexFileOf(dir)}.lock`, { force: true })
  const { gitlinks } = await treeFacts(mirror, tree)
  await Promise.all(
    ['.git', ...gitlinks.map(shownPath)].map((path) =>
      rm(join(dir, path), { recursive: true, force: true }),
    ),
  )
  await git.run(place, ['read-tree', '--reset', tree], { config })
  await clean(mirror, place, { dir, keep })
  await git.run(place, ['checkout-index', '--all', '--force', '-u', '--quiet'], { config })
  await copyPaths(mirror.repository.root, dir, copy)
}

async function clean(
  mirror: Mirror,
  place: Place,
  { dir, keep }: { dir: string; keep: readonly string[] },
): Promise<void> {
  const kept = keep.flatMap((path) => ['-e', excludePattern(path)])
  // -x: what is ignored goes too; -ff: repositories as well.
  const args = ['clean', '-ffdxq', ...kept]
  const options = { config: { ...mirror.config, 'core.excludesFile': '/dev/null' } }
  try {
    await mirror.git.run(place, args, options)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    // Tools write-protect what they unpack (Go's module cache does); without the right it cannot go.
    await unprotect(dir)
    await mirror.git.run(place, args, options)
  }
}

async function unprotect(folder: string): Promise<void> {
  await chmod(folder, 0o700)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await unprotect(join(folder, entry.name))
  }
}
