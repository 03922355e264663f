import { shownPath } from '../checkout/raw-path.ts'
import type { Mirror } from '../mirror.ts'
import { isSpecial } from '../worktree/folder-entries.ts'
import { pathsOf, strangersIn } from '../worktree/strangers.ts'

/** Object ids of those `paths` that the tree has; a path that names a folder gives the folder's tree. */
export async function entryIds(
  mirror: Mirror,
  { tree, paths }: { tree: string; paths: readonly string[] },
): Promise<Map<string, string>> {
  const listed = await mirror.git.text(mirror.place, ['ls-tree', '-z', tree, '--', ...paths])
  return new Map(
    listed
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const tab = line.indexOf('\t')
        return [line.slice(tab + 1), line.slice(0, tab).split(' ')[2] ?? '']
      }),
  )
}

/**
 * What stands in `dir` and is not in `tree`, ignored or not; a folder with nothing of the tree in it as
 * one entry. Pipes and their like are left out.
 */
export async function untrackedEntries(
  mirror: Mirror,
  { dir, tree }: { dir: string; tree: string },
): Promise<string[]> {
  const untracked: string[] = []
  for await (const { path, entry } of strangersIn(dir, await pathsOf(mirror, tree))) {
    if (!isSpecial(entry)) untracked.push(shownPath(path))
  }
  return untracked
}
