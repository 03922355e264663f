import type { SaveErrorCode } from '../../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../../base/index.ts'
import { readMark } from '../checkout/operation.ts'
import type { Place } from '../exec.ts'
import { agentIdentity } from '../message.ts'
import { type Mirror, refresh } from '../mirror.ts'
import { treeOf } from '../refs.ts'
import type { Moved } from './carry-out.ts'
import type { RefMove } from './journal.ts'
import { makeCommit } from './loose-object.ts'
import type { MoveRequest } from './move-request.ts'
import { moveTarget } from './move-target.ts'
import { type Preparation, prepare } from './preparation.ts'
import type { SaveFailure } from './readiness.ts'

interface RollbackRequest
  extends Pick<
    MoveRequest,
    'journal' | 'session' | 'target' | 'n' | 'tagMessage' | 'tagger' | 'at' | 'note' | 'step'
  > {
  /** The checkpoint to return to; 0 included. */
  checkpoint: { n: number; commit: string }
  /** Whether Thalogos made this commit. */
  isOurs(commit: string): boolean
}

export interface RestoreRequest extends RollbackRequest {
  /** Undo commits, too, that Thalogos did not make. */
  includeForeign: boolean
  /** The whole message of the commit that brings the old content back. */
  message: string
  /**
   * Merges the commit into integration without moving its branch; the move that is due. It is made
   * along with the target's, also when a crash comes between.
   */
  integrate(commit: string): Promise<Result<RefMove, Failure<SaveErrorCode>>>
}

export interface RewindRequest extends RollbackRequest {
  /** The session's branch in the mirror (full name) and its head: it goes back as well. */
  integration: { ref: string; head: string }
}

/** A commit that rolling back would undo and that Thalogos did not make. */
export interface ForeignCommit {
  commit: string
  author: string
  subject: string
}

/**
 * Makes checkpoint `n`, whose tree is the old checkpoint's and whose parent is the target's present
 * commit (design.md 5.13): history stays. Refuses like Save; `rollback_foreign` lists the commits.
 */
export async function restoreCheckpoint(
  mirror: Mirror,
  request: RestoreRequest,
): Promise<Result<Moved, SaveFailure>> {
  const early = prepareEarly(mirror, request)
  try {
    const found = await findRollback(mirror, request)
    if (!found.ok) return found
    const { from, tree, foreign, descends } = found.value
    if (foreign.length > 0 && !request.includeForeign) return refuseForeign(foreign)
    // Commits that the user made since are news to the mirror.
    if (foreign.length > 0) await refresh(mirror)
    const commit = makeCommit(mirror, {
      tree,
      parent: from,
      message: request.message,
      author: agentIdentity('Thalogos'),
      committer: mirror.repository.identity,
      at: request.at ?? new Date(),
    })
    const integrated = await request.integrate(commit)
    if (!integrated.ok) return integrated
    const made = descends ? { made: [commit] } : {}
    const move = { from, to: commit, ...made, mirrorRefs: [integrated.value] }
    const prepared = foreign.length > 0 ? undefined : early.take(from)
    return await moveTarget(mirror, { ...request, kind: 'restore', ...move }, prepared)
  } finally {
    await early.drop()
  }
}

/**
 * The files of a roll back depend on nothing but where the target is: they are prepared while it is found
 * out whether it may happen. Where that is is a guess; a wrong one is dropped.
 */
function prepareEarly(mirror: Mirror, { target, checkpoint }: RollbackRequest) {
  const { commonDir } = mirror.repository
  const from = readMark(commonDir, `refs/heads/${target}`)?.trim() ?? ''
  let early = /^[0-9a-f]{40,64}$/.test(from)
    ? prepare(mirror, { target, from, to: checkpoint.commit })
    : undefined
  return {
    take(start: string): Preparation | undefined {
      if (start !== from) return undefined
      const taken = early
      early = undefined
      return taken
    },
    async drop(): Promise<void> {
      await early?.discard()
    },
  }
}

/**
 * Moves the target back to the old checkpoint's commit, tagged as checkpoint `n`; integration follows.
 * Both old heads stay under refs/thalogos/backup/<session>/<n>/ (the target's in the user's repository and
 * in the mirror, integration's in the mirror). Refused when commits would go that Thalogos did not make or
 * that a remote already has. That no task is unfinished is the caller's to see to.
 */
export async function rewindTarget(
  mirror: Mirror,
  request: RewindRequest,
): Promise<Result<Moved, SaveFailure>> {
  const early = prepareEarly(mirror, request)
  try {
    const found = await findRollback(mirror, request)
    if (!found.ok) return found
    const refused = await refuseRewind(mirror, request, found.value)
    if (refused) return refused
    const { from } = found.value
    const { session, n, integration } = request
    const to = request.checkpoint.commit
    const backup = `refs/thalogos/backup/${session}/${n}`
    const target: RefMove = { ref: `${backup}/target`, to: from, from: '' }
    const mirrorRefs = [
      target,
      { ref: `${backup}/integration`, to: integration.head, from: '' },
      { ref: integration.ref, to, from: integration.head },
    ]
    const move = { from, to, made: [], userRefs: [target], mirrorRefs }
    return await moveTarget(mirror, { ...request, kind: 'rewind', ...move }, early.take(from))
  } finally {
    await early.drop()
  }
}

async function refuseRewind(
  mirror: Mirror,
  { checkpoint }: RewindRequest,
  { from, foreign, descends, undone }: Rollback,
): Promise<Result<never, SaveFailure> | undefined> {
  if (foreign.length > 0 || !descends) return refuseForeign(foreign)
  const range = { from, checkpoint: checkpoint.commit, undone }
  const published = await findPublished(mirror, range)
  if (published.length === 0) return undefined
  return fail('rollback_published', `a remote has ${published.length} of the commits`, {
    details: { commits: published.slice(0, SHOWN), total: published.length },
  })
}

// More than a person reads; the total says how many there are.
const SHOWN = 100

interface Rollback {
  /** The target's commit now. */
  from: string
  /** The old checkpoint's tree. */
  tree: string
  /** Commits after the old checkpoint, the newest first. */
  undone: string[]
  foreign: ForeignCommit[]
  /** The target still contains the old checkpoint's commit. */
  descends: boolean
}

/** Reads in the user's repository: only it knows what was committed there a moment ago. */
async function findRollback(
  mirror: Mirror,
  { target, checkpoint: { commit: checkpoint }, isOurs }: RollbackRequest,
): Promise<Result<Rollback, SaveFailure>> {
  const listed =
    (await listCommits(mirror, userPlace(mirror), [
      '--boundary',
      `refs/heads/${target}`,
      `^${checkpoint}`,
    ])) ?? (await listInMirror(mirror, target, checkpoint))
  if (!listed) return fail('target_missing', `there is no branch ${target}`)
  const undone = listed.filter(({ mark }) => mark !== '-')
  const [head] = undone
  const base = listed.find(({ mark, commit }) => mark === '-' && commit === checkpoint)
  const tree = base?.tree ?? (await treeOf(mirror, checkpoint))
  if (!head || head.tree === tree) {
    return fail('rollback_nothing', `${target} has the content of that checkpoint`)
  }
  return ok({
    from: head.commit,
    tree,
    undone: undone.map(({ commit }) => commit),
    foreign: undone
      .filter(({ commit }) => !isOurs(commit))
      .map(({ commit, author, subject }) => ({ commit, author, subject })),
    descends: base !== undefined,
  })
}

interface ListedCommit extends ForeignCommit {
  /** `-` when it only borders on the range. */
  mark: string
  tree: string
}

/** The mirror still has a checkpoint that the user's history lost. */
async function listInMirror(mirror: Mirror, target: string, checkpoint: string) {
  await refresh(mirror)
  const range = ['--boundary', `refs/origin/heads/${target}`, `^${checkpoint}`]
  return await listCommits(mirror, mirror.place, range)
}

const userPlace = ({ repository }: Mirror): Place => ({
  profile: 'user',
  gitDir: repository.gitDir,
})

/** Nothing is returned when one end of the range does not exist there. */
async function listCommits(
  { git }: Mirror,
  place: Place,
  range: readonly string[],
): Promise<ListedCommit[] | undefined> {
  const { exitCode, stdout } = await git.run(
    place,
    [
      'rev-list',
      '--topo-order',
      '--no-commit-header',
      '--format=%m%x1f%H%x1f%T%x1f%an%x1f%s',
      ...range,
      '--',
    ],
    { expect: [128] },
  )
  if (exitCode !== 0) return undefined
  return stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [mark = '', commit = '', tree = '', author = '', ...subject] = line.split('\x1f')
      return { mark, commit, tree, author, subject: subject.join('\x1f') }
    })
}

/** Those of the commits that a remote-tracking ref contains. */
async function findPublished(
  mirror: Mirror,
  { from, checkpoint, undone }: { from: string; checkpoint: string; undone: readonly string[] },
): Promise<string[]> {
  const range = [from, `^${checkpoint}`, '--not', '--remotes']
  const unpublished = (await listCommits(mirror, userPlace(mirror), range)) ?? []
  const open = new Set(unpublished.map(({ commit }) => commit))
  return undone.filter((commit) => !open.has(commit))
}

function refuseForeign(foreign: readonly ForeignCommit[]): Result<never, SaveFailure> {
  return fail('rollback_foreign', `${foreign.length} commits were not made by Thalogos`, {
    details: { commits: foreign.slice(0, SHOWN), total: foreign.length },
  })
}
