import { readFile, rename, writeFile } from 'node:fs/promises'
import { placeWithAttributes } from '../attributes-place.ts'
import type { RawPath } from '../checkout/raw-path.ts'
import { commitTree } from '../commit-tree.ts'
import type { Place } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import { inputOf } from '../pieces.ts'
import { readRef, treeOf, updateRefs } from '../refs.ts'
import { treeFacts } from '../tree-facts.ts'
import { isRealFolder } from '../worktree/folder-entries.ts'
import { lastSnapshotOf, shadowOf, type Worktree } from '../worktree/worktree.ts'
import { withScratchIndex } from './scratch-index.ts'
import { withShadow } from './shadow.ts'
import { addAll, surveyContent } from './stage.ts'
import { isHarmless, type Survey } from './survey.ts'

// Bytes as they are: no `.gitattributes` that an agent wrote may convert them, or make git give up.
const RAW = '* -text !eol !working-tree-encoding !ident !filter\n'
/**
 * Keeps a worktree's present content, untracked files included and ignored ones not, as a commit on its
 * base under `ref` in the mirror. Works on any content: repositories in it are kept as plain files
 * without their `.git`, what cannot be read is passed over, nothing in it is run. `fresh` is false, and
 * no ref made, when the content is that of the base or of the worktree's last snapshot, whose commit is
 * returned.
 */
export async function takeSnapshot(
  mirror: Mirror,
  worktree: Worktree,
  { ref, message }: { ref: string; message: string },
): Promise<{ commit: string; fresh: boolean }> {
  const last = await readLast(mirror, worktree)
  // Nothing that is ours stands there any more: what was last seen is all there is to keep.
  if (!(await isRealFolder(worktree.dir)))
    return { commit: last?.commit ?? worktree.base, fresh: false }
  const tree = await wholeTree(mirror, worktree)
  if (tree === last?.tree) return { commit: last.commit, fresh: false }
  if (!last && tree === (await treeOf(mirror, worktree.base))) {
    return { commit: worktree.base, fresh: false }
  }
  const commit = await commitTree(mirror, {
    tree,
    parents: [worktree.base],
    message,
    author: mirror.repository.identity,
  })
  const kept = await updateRefs(mirror, [{ ref, to: commit }])
  if (!kept.ok) throw new Error(kept.error.message)
  await writeLast(worktree, { tree, commit, ref })
  return { commit, fresh: true }
}

async function wholeTree(mirror: Mirror, worktree: Worktree): Promise<string> {
  const raw = await placeWithAttributes(mirror, RAW)
  return await withScratchIndex(mirror, worktree, async (scratch) => {
    const place = { ...scratch.place, ...raw }
    const { gitlinks } = await treeFacts(mirror, worktree.base)
    const survey = await surveyContent(mirror, place, { worktree, gitlinks })
    const direct = isHarmless(survey) && survey.filled.length === 0
    if (!direct || (await addedOrWhy(mirror, place, gitlinks)) !== undefined) {
      // Also where an agent deletes files between git's listing and reading them, of which git gives up:
      // from the shadow it can take nothing away.
      const { dir } = worktree
      await withShadow({ dir, survey, shadow: shadowOf(worktree) }, (workTree) =>
        addShadow(mirror, { ...place, workTree }, { survey, gitlinks }),
      )
    }
    return await mirror.git.text(place, ['write-tree'], { config: mirror.config })
  })
}

/** Submodules with something in them become plain files; what the shadow could not get stays as in the base. */
async function addShadow(
  mirror: Mirror,
  place: Place,
  { survey, gitlinks }: { survey: Survey; gitlinks: readonly RawPath[] },
): Promise<void> {
  const { git, config } = mirror
  const { filled, special, traps, unreadable } = survey
  await git.run(place, ['update-index', '--force-remove', '-z', '--stdin'], {
    config,
    stdin: await inputOf(filled, '\0'),
  })
  // One that the index does not have is no more than a complaint.
  await git.run(place, ['checkout-index', '--force', '--quiet', '-z', '--stdin'], {
    config,
    stdin: await inputOf([...special, ...traps], '\0'),
    expect: [1],
  })
  const empty = gitlinks.filter((path) => !filled.includes(path))
  const trouble = await addedOrWhy(mirror, place, [...empty, ...unreadable])
  if (trouble) throw new Error(`no snapshot could be taken: ${trouble}`)
}

/** Nothing when everything that git can read is in; else what made it give up. */
async function addedOrWhy(
  mirror: Mirror,
  place: Place,
  without: readonly RawPath[],
): Promise<string | undefined> {
  const trouble = await addAll(mirror, place, without)
  return trouble?.added === false ? trouble.words : undefined
}

interface Last {
  tree: string
  commit: string
  ref: string
}

/** The worktree's last snapshot, if its ref still keeps it. */
async function readLast(mirror: Mirror, worktree: Worktree): Promise<Last | undefined> {
  let text: string
  try {
    text = await readFile(lastSnapshotOf(worktree), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const [tree = '', commit = '', ref = ''] = text.split('\n')
  return (await readRef(mirror, ref)) === commit ? { tree, commit, ref } : undefined
}

async function writeLast(worktree: Worktree, { tree, commit, ref }: Last): Promise<void> {
  const file = lastSnapshotOf(worktree)
  await writeFile(`${file}.new`, `${tree}\n${commit}\n${ref}\n`)
  await rename(`${file}.new`, file)
}
