import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { placeWithAttributes } from '../attributes-place.ts'
import { placeOf, type RawPath, rawPath, shownPath } from '../checkout/raw-path.ts'
import { commitTree } from '../commit-tree.ts'
import type { Place } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import { readRef, treeOf, updateRefs } from '../refs.ts'
import { treeFacts } from '../tree-facts.ts'
import { lastSnapshotOf, type Worktree } from '../worktree/worktree.ts'
import { withScratchIndex } from './scratch-index.ts'
import { addAll, surveyContent } from './stage.ts'
import { isRealFolder } from './survey.ts'

// Bytes as they are: no `.gitattributes` that an agent wrote may convert them, or make git give up.
const RAW = '* -text !eol !working-tree-encoding !ident !filter\n'
// An agent at work deletes files between git's listing and its reading them; git gives up then.
const ATTEMPTS = 3

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
    const { nested, filled } = await surveyContent(mirror, place, { worktree, gitlinks })
    // The outer ones first: an inner one is laid over what the outer one left out.
    const apart = [...new Set([...nested, ...filled])].filter((path) => path !== '').sort()
    await addPatiently(mirror, place, [...apart, ...gitlinks])
    // git takes its work tree as text; a folder whose name is none stays where it is.
    const named = apart.filter((path) => rawPath(Buffer.from(shownPath(path))) === path)
    for (const folder of named) await layOver(mirror, { place, dir: worktree.dir, folder, apart })
    return await mirror.git.text(place, ['write-tree'], { config: mirror.config })
  })
}

interface Laid {
  place: Place
  dir: string
  folder: RawPath
  apart: readonly RawPath[]
}

/** Puts a folder that is a repository of its own into the index as plain files. */
async function layOver(mirror: Mirror, { place, dir, folder, apart }: Laid): Promise<void> {
  const indexFile = `${place.indexFile}.${randomBytes(4).toString('hex')}`
  const workTree = placeOf(dir, folder).toString('utf8')
  const inner: Place = { ...place, workTree, indexFile }
  const below = apart
    .filter((path) => path.startsWith(`${folder}/`))
    .map((path) => path.slice(folder.length + 1))
  const { git, config } = mirror
  try {
    await addPatiently(mirror, inner, below)
    const tree = await git.text(inner, ['write-tree'], { config })
    await git.run(
      place,
      [
        'rm',
        '-r',
        '-q',
        '-f',
        '--cached',
        '--ignore-unmatch',
        '--pathspec-from-file=-',
        '--pathspec-file-nul',
      ],
      {
        config,
        stdin: Buffer.from(folder, 'latin1'),
      },
    )
    const prefix = `--prefix=${Buffer.from(folder, 'latin1').toString('utf8')}/`
    await git.run(place, ['read-tree', prefix, tree], { config })
  } finally {
    await rm(indexFile, { force: true })
  }
}

async function addPatiently(
  mirror: Mirror,
  place: Place,
  without: readonly RawPath[],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    // What it could not read stays in the folder; everything else is in, if it came to that.
    const trouble = await addAll(mirror, place, without)
    if (!trouble || trouble.added) return
    if (attempt === ATTEMPTS) throw new Error(`no snapshot could be taken: ${trouble.words}`)
  }
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
