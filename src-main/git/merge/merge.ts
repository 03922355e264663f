import { type Failure, ok, type Result } from '../../base/index.ts'
import { placeWithAttributes } from '../attributes-place.ts'
import { rawPath, shownPath } from '../checkout/raw-path.ts'
import { commitTree } from '../commit-tree.ts'
import { GitError } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import { treeOf } from '../refs.ts'
import type { Identity } from '../repository.ts'
import { treeFacts } from '../tree-facts.ts'
import { type AttributesFile, flattenAttributes } from './attributes.ts'

/** A commit that holds both sides. */
export interface Merged {
  commit: string
  tree: string
}

/** Where both sides changed the same places; `details.files` names all of them. */
export type MergeConflict = Failure<'merge_conflict'> & { details: { files: string[] } }

// More names than this help nobody, and a message has to end.
const NAMED = 5

/**
 * Merges two commits without a working tree (git merge-tree --write-tree): `theirs` when it already
 * holds `ours`, `ours` when it already holds `theirs`, else a merge commit of both. Moves no ref.
 * Attributes are those of the merge base, drivers git's own, so that neither side can say how it is
 * merged. `merge_conflict` names the files, in `details.files` all of them.
 */
export async function mergeCommits(
  mirror: Mirror,
  options: { ours: string; theirs: string; message: string; author: Identity },
): Promise<Result<Merged, MergeConflict>> {
  const { ours, theirs, message, author } = options
  const found = await mirror.git.run(mirror.place, ['merge-base', ours, theirs], { expect: [1] })
  const base = found.stdout.toString('utf8').trim()
  if (base === '') return unrelated()
  if (base === ours || base === theirs) {
    const commit = base === ours ? theirs : ours
    return ok({ commit, tree: await treeOf(mirror, commit) })
  }
  const merged = await mergeTrees(mirror, { ours, theirs, base })
  if (!merged.ok) return merged
  const tree = merged.value
  return ok({
    commit: await commitTree(mirror, { tree, parents: [ours, theirs], message, author }),
    tree,
  })
}

/** The target was replaced by another history: there is nothing to merge against. */
function unrelated(): Result<never, MergeConflict> {
  const message = 'the two sides have no common history'
  return { ok: false, error: { code: 'merge_conflict', message, details: { files: [] } } }
}

async function mergeTrees(
  mirror: Mirror,
  { ours, theirs, base }: { ours: string; theirs: string; base: string },
): Promise<Result<string, MergeConflict>> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs]
  const attributes = flattenAttributes(await readAttributes(mirror, base))
  const place = await placeWithAttributes(mirror, attributes)
  const ended = await mirror.git.run(place, args, { expect: [1] })
  const [tree = '', ...conflicted] = rawPath(ended.stdout)
    .split('\0')
    .filter(Boolean)
    .map(shownPath)
  if (!/^[0-9a-f]+$/.test(tree)) throw new GitError(args, ended)
  if (ended.exitCode === 0) return ok(tree)
  const files = [...new Set(conflicted)]
  const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : ''
  const message = `both sides changed ${files.slice(0, NAMED).join(', ')}${more}`
  return { ok: false, error: { code: 'merge_conflict', message, details: { files } } }
}

async function readAttributes(mirror: Mirror, base: string): Promise<AttributesFile[]> {
  // Unrelated histories have no base; git refuses them by itself.
  if (base === '') return []
  const { attributes } = await treeFacts(mirror, base)
  return await Promise.all(
    attributes.map(async ({ path, oid }) => ({
      path: shownPath(path),
      text: await mirror.git.text(mirror.place, ['cat-file', 'blob', oid]),
    })),
  )
}
