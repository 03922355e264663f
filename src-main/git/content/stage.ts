import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import { type Change, isGitlink, parseChanges } from '../checkout/changes.ts'
import { parentsOf, type RawPath, rawPath, shownPath } from '../checkout/raw-path.ts'
import { GitError, type Place } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import { inputOf, piecesOf } from '../pieces.ts'
import { treeFacts } from '../tree-facts.ts'
import { isRealFolder } from '../worktree/folder-entries.ts'
import { type ContentPlace, shadowOf, type Worktree } from '../worktree/worktree.ts'
import type { Content } from './findings.ts'
import { findChangedLarge, lookAgain, withLarge } from './large.ts'
import { withShadow } from './shadow.ts'
import { isHarmless, type Survey, surveyFolder } from './survey.ts'

/**
 * The content of a worktree in an index, and where it differs from the base. With `complete`, large files
 * are not in the index yet (among the changes they have no id); it takes them in, as they are by then.
 */
export interface Staged extends Content {
  complete?(): Promise<Result<Content, Failure<StageErrorCode>>>
}

export type StageErrorCode = 'embedded_repository' | 'unreadable_content'

// Names in a message; all of them are in the details.
const NAMED = 5
// git's words (LC_ALL=C) when adding failed for a reason that is ours. Every other one is the content's:
// rights, kinds, names, an encoding that does not fit, a file that changed while it was read.
const OUR_FAULT =
  /insufficient permission for adding|unable to write (?:new index|loose)|Unable to create '.*\.lock'|out of memory|not a git repository/i

/**
 * Takes the worktree's content into the index at `place`, with the mirror's git dir alone: no
 * configuration, hook, filter or `.git` of the worktree is looked at. Submodules keep the base's commits.
 * Large files that are new or changed are held back. Refuses nested repositories and what cannot be read.
 */
export async function stage(
  mirror: Mirror,
  worktree: Worktree,
  place: ContentPlace,
): Promise<Result<Staged, Failure<StageErrorCode>>> {
  if (!(await isRealFolder(worktree.dir))) {
    return fail('unreadable_content', `${worktree.dir} is not the folder it was`)
  }
  const { gitlinks } = await treeFacts(mirror, worktree.base)
  const survey = await surveyContent(mirror, place, { worktree, gitlinks })
  const refusal = refuse(survey)
  if (refusal) return { ok: false, error: refusal }
  const held = await findChangedLarge(mirror, place, survey.large)
  const taking = { mirror, worktree, place, survey }
  const paths = held.map(({ path }) => path)
  const first = await take(taking, allBut([...gitlinks, ...paths]))
  if (!first.ok) return first
  if (held.length === 0) return ok({ changes: first.value, large: survey.large })
  return ok({
    changes: withLarge(first.value, held),
    large: survey.large,
    complete: async () => {
      const second = await take(
        taking,
        paths.map((path) => `:(top,literal)${path}`),
      )
      if (!second.ok) return second
      return ok({ changes: second.value, large: await lookAgain(worktree, survey.large) })
    },
  })
}

interface Taking {
  mirror: Mirror
  worktree: Worktree
  place: ContentPlace
  survey: Survey
}

/** Adds what the pathspecs name and tells where the index then differs from the base. */
async function take(
  { mirror, worktree, place, survey }: Taking,
  pathspecs: readonly string[],
): Promise<Result<Change[], Failure<StageErrorCode>>> {
  const addIn = (workTree: string) => add(mirror, { ...place, workTree }, pathspecs)
  const trouble = isHarmless(survey)
    ? await addIn(worktree.dir)
    : await withShadow({ dir: worktree.dir, survey, shadow: shadowOf(worktree) }, addIn)
  if (trouble) return fail('unreadable_content', trouble.words)
  const changes = await changesFrom(mirror, place, worktree.base)
  const broken = refuseLinks(changes)
  return broken ? { ok: false, error: broken } : ok(changes)
}

function refuseLinks(changes: readonly Change[]): Failure<StageErrorCode> | undefined {
  const links = changes.filter((change) => isGitlink(change.old) || isGitlink(change.new))
  const fresh = links.filter((change) => isGitlink(change.new))
  // Made while we looked, by a process that the agent left behind.
  if (fresh.length > 0)
    return failFor('embedded_repository', 'holds a repository', fresh.map(pathOf)).error
  if (links.length === 0) return undefined
  return failFor('unreadable_content', 'stands where a submodule is', links.map(pathOf)).error
}

/**
 * Looks through the folder before git does. What git ignores in it is left out, by the patterns of the
 * mirror and of the folder itself.
 */
export async function surveyContent(
  mirror: Mirror,
  place: Place,
  { worktree, gitlinks }: { worktree: Worktree; gitlinks: readonly RawPath[] },
): Promise<Survey> {
  return await surveyFolder({
    dir: worktree.dir,
    tracked: await trackedFolders(mirror, place),
    gitlinks: new Set(gitlinks),
    ignoreCase: mirror.repository.core.ignoreCase,
    askIgnored: (paths) => askIgnored(mirror, place, paths),
  })
}

async function askIgnored(
  mirror: Mirror,
  place: Place,
  paths: readonly RawPath[],
): Promise<ReadonlySet<RawPath>> {
  // The command knows no literal paths; behind `./` nothing is taken for magic.
  const { stdout } = await mirror.git.run(
    place,
    ['--no-literal-pathspecs', 'check-ignore', '-z', '--stdin'],
    { config: mirror.config, stdin: await inputOf(paths, '\0', './'), expect: [1] },
  )
  const ignored = new Set<RawPath>()
  for await (const piece of piecesOf(stdout)) {
    for (const path of rawPath(piece).split('\0')) ignored.add(path.slice('./'.length))
  }
  return ignored
}

async function trackedFolders(mirror: Mirror, place: Place): Promise<Set<RawPath>> {
  const { stdout } = await mirror.git.run(place, ['ls-files', '-z'], { config: mirror.config })
  const folders = new Set<RawPath>()
  let last = ''
  for await (const piece of piecesOf(stdout)) {
    for (const path of rawPath(piece).split('\0')) {
      const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0))
      // The index is in order: files of one folder stand together.
      if (folder === last) continue
      last = folder
      for (const above of parentsOf(path)) folders.add(above)
    }
  }
  return folders
}

/** What git said of content that it could not add; without `added` it added nothing at all. */
export interface AddTrouble {
  words: string
  added: boolean
}

/**
 * Everything but what is below `without`. Entries of submodules are never compared with their folders:
 * for that git would run `git status` in there, with that repository's configuration.
 */
export const allBut = (without: readonly RawPath[]): string[] => [
  ':(top)',
  ...without.map((path) => `:(top,literal,exclude)${path}`),
]

/** Adds what the pathspecs name; what they name and is gone goes from the index too. */
export async function add(
  mirror: Mirror,
  place: Place,
  pathspecs: readonly string[],
): Promise<AddTrouble | undefined> {
  const args = ['add', '-A', '--ignore-errors', '--pathspec-from-file=-', '--pathspec-file-nul']
  const ended = await mirror.git.run(place, ['--no-literal-pathspecs', ...args], {
    config: { ...mirror.config, 'advice.addEmbeddedRepo': 'false' },
    stdin: Buffer.from(pathspecs.join('\0'), 'latin1'),
    expect: [1, 128],
  })
  // An unreadable folder is only a warning to git, and its files would be missing without a word.
  if (ended.exitCode === 0 && !/could not open directory/.test(ended.stderr)) return undefined
  const error = new GitError(args, ended)
  if (error.diskFull || OUR_FAULT.test(ended.stderr)) throw error
  return { words: ended.stderr.trim().slice(0, 2_000), added: ended.exitCode !== 128 }
}

async function changesFrom(mirror: Mirror, place: Place, base: string): Promise<Change[]> {
  const { stdout } = await mirror.git.run(
    place,
    ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--ignore-submodules=none', base],
    { config: mirror.config },
  )
  const changes: Change[] = []
  for await (const piece of piecesOf(stdout, 2)) changes.push(...parseChanges(piece))
  return changes
}

function refuse(survey: Survey): Failure<StageErrorCode> | undefined {
  const { nested, traps, special, unreadable, colliding } = survey
  const failure =
    (nested.length > 0 && failFor('embedded_repository', 'holds a .git of its own', nested)) ||
    (unreadable.length > 0 && failFor('unreadable_content', 'cannot be read', unreadable)) ||
    (traps.length > 0 &&
      failFor(
        'unreadable_content',
        'is no plain file, or too large for what git reads it as',
        traps,
      )) ||
    (special.length > 0 && failFor('unreadable_content', 'is no file', special)) ||
    (colliding.length > 0 &&
      failFor('unreadable_content', 'differs from another name only in case', colliding))
  return failure ? failure.error : undefined
}

const pathOf = (change: Change): RawPath => change.path

/** A failure that names its files: the first few in the message, all of them in the details. */
export function failFor<C extends string>(code: C, what: string, paths: readonly RawPath[]) {
  const files = paths.map((path) => shownPath(path) || '.')
  const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : ''
  return fail(code, `${files.slice(0, NAMED).join(', ')}${more}: ${what}`, { details: { files } })
}
