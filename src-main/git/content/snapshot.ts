import { readFile, rename, writeFile } from 'node:fs/promises'
import { printableLine } from '../../base/index.ts'
import { placeWithAttributes } from '../attributes-place.ts'
import { type RawPath, shownPath } from '../checkout/raw-path.ts'
import { commitTree } from '../commit-tree.ts'
import { type Place, withSignal } from '../exec.ts'
import { addParagraph } from '../message.ts'
import type { Mirror } from '../mirror.ts'
import { inputOf } from '../pieces.ts'
import { readRef, treeOf, updateRefs } from '../refs.ts'
import { treeFacts } from '../tree-facts.ts'
import { isRealFolder } from '../worktree/folder-entries.ts'
import { lastSnapshotOf, shadowOf, type Worktree } from '../worktree/worktree.ts'
import { findChangedLarge, type LargeFile } from './large.ts'
import { withScratchIndex } from './scratch-index.ts'
import { withShadow } from './shadow.ts'
import { add, allBut, surveyContent } from './stage.ts'
import { isHarmless, type Survey } from './survey.ts'

// Bytes as they are: no `.gitattributes` that an agent wrote may convert them, or make git give up.
const RAW = '* -text !eol !working-tree-encoding !ident !filter\n'
// The mirror never gives back what it once stored, and a snapshot is taken every five minutes. Hosting
// services refuse a file of this size, so it is no source.
const MAX_KEPT_BYTES = 100_000_000
// A message that names more is not read.
const NAMED = 100

/**
 * Keeps a worktree's present content, untracked files included and ignored ones not, as a commit on its
 * base under `ref` in the mirror. Works on any content: repositories in it are kept as plain files
 * without their `.git`, what cannot be read is passed over, nothing in it is run. Changed files over
 * 100 MB are left as in the base and named in the message. `fresh` is false, and no ref made, when the
 * content is that of the base or of the worktree's last snapshot, whose commit is returned. `signal`
 * stops it: then it throws, and no ref is made.
 */
export async function takeSnapshot(
  project: Mirror,
  worktree: Worktree,
  { ref, message, signal }: { ref: string; message: string; signal?: AbortSignal },
): Promise<{ commit: string; fresh: boolean }> {
  const mirror = { ...project, git: withSignal(project.git, signal) }
  const last = await readLast(mirror, worktree)
  // Nothing that is ours stands there any more: what was last seen is all there is to keep.
  if (!(await isRealFolder(worktree.dir)))
    return { commit: last?.commit ?? worktree.base, fresh: false }
  const { tree, left } = await wholeTree(mirror, worktree)
  if (tree === last?.tree) return { commit: last.commit, fresh: false }
  if (!last && tree === (await treeOf(mirror, worktree.base))) {
    return { commit: worktree.base, fresh: false }
  }
  const commit = await commitTree(mirror, {
    tree,
    parents: [worktree.base],
    message: left.length === 0 ? message : addParagraph(message, wordsOf(left)),
    author: mirror.repository.identity,
  })
  const kept = await updateRefs(mirror, [{ ref, to: commit }])
  if (!kept.ok) throw new Error(kept.error.message)
  await writeLast(worktree, { tree, commit, ref })
  return { commit, fresh: true }
}

/** The tree of a worktree's present content, read as for a snapshot; nothing keeps it. */
export async function readContent(mirror: Mirror, worktree: Worktree): Promise<string> {
  if (!(await isRealFolder(worktree.dir))) return await treeOf(mirror, worktree.base)
  return (await wholeTree(mirror, worktree)).tree
}

function wordsOf(left: readonly LargeFile[]): string {
  const lines = left
    .slice(0, NAMED)
    .map(
      ({ path, stat }) =>
        `- ${printableLine(shownPath(path))} (${Number(stat.size / 1_000_000n)} MB)`,
    )
  if (left.length > NAMED) lines.push(`- and ${left.length - NAMED} more`)
  return ['Too large to be kept:', ...lines].join('\n')
}

interface WholeTree {
  tree: string
  /** What is not in it because of its size. */
  left: LargeFile[]
}

async function wholeTree(mirror: Mirror, worktree: Worktree): Promise<WholeTree> {
  const raw = await placeWithAttributes(mirror, RAW)
  const { dir } = worktree
  return await withScratchIndex(mirror, worktree, async (scratch) => {
    const place = { ...scratch.place, ...raw }
    const { gitlinks } = await treeFacts(mirror, worktree.base)
    const survey = await surveyContent(mirror, place, { worktree, gitlinks })
    const large = survey.large.filter(({ stat }) => stat.size > MAX_KEPT_BYTES)
    const left = await findChangedLarge(mirror, place, large)
    const without = left.map(({ path }) => path)
    const direct = isHarmless(survey) && survey.filled.length === 0
    if (!direct || (await addedOrWhy(mirror, place, [...gitlinks, ...without])) !== undefined) {
      // Also where an agent deletes files between git's listing and reading them, of which git gives up:
      // from the shadow it can take nothing away.
      await withShadow({ dir, survey, without, shadow: shadowOf(worktree) }, (workTree) =>
        addShadow(mirror, { ...place, workTree }, { survey, gitlinks, without }),
      )
    }
    const tree = await mirror.git.text(place, ['write-tree'], { config: mirror.config })
    return { tree, left }
  })
}

interface Laid {
  survey: Survey
  gitlinks: readonly RawPath[]
  without: readonly RawPath[]
}

/** Submodules with something in them become plain files; what the shadow could not get stays as in the base. */
async function addShadow(
  mirror: Mirror,
  place: Place,
  { survey, gitlinks, without }: Laid,
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
  const trouble = await addedOrWhy(mirror, place, [...empty, ...unreadable, ...without])
  if (trouble) throw new Error(`no snapshot could be taken: ${trouble}`)
}

/** Nothing when everything that git can read is in; else what made it give up. */
async function addedOrWhy(
  mirror: Mirror,
  place: Place,
  without: readonly RawPath[],
): Promise<string | undefined> {
  const trouble = await add(mirror, place, allBut(without))
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
