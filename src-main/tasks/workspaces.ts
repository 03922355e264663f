import { lstatSync, type Stats } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Reason, Snapshot } from '../../src-shared/contract/index.ts'
import { type Clock, createKeyedQueue, fail, type Log, ok, type Result } from '../base/index.ts'
import {
  createWorktree,
  type Mirror,
  openWorktree,
  readContent,
  takeSnapshot,
  trashWorktree,
  type Worktree,
} from '../git/index.ts'
import type { SessionRow, TaskRow } from '../storage/index.ts'
import { readIntegrationHead } from './integration.ts'
import { runSetup, type SetupDeps, trustedWorktree } from './verify/setup.ts'

/** The folders in which agents work: one private clone per task, in the data folder. */
export interface Workspaces {
  /**
   * A new worktree from the integration head of this moment, set up; an earlier one goes to the trash.
   * `interrupted` when the signal came first: then there is none.
   */
  fresh(place: TaskPlace, signal: AbortSignal): Promise<Result<Worktree, Reason>>
  /** The worktree the task already has, as it was left; undefined when none is there, or no folder. */
  existing(place: TaskPlace): Worktree | undefined
  /** Keeps the uncommitted state under a ref of the mirror. Says nothing when it is the same as the last one. */
  snapshot(place: TaskPlace, why: { runId?: string; cause: Snapshot['cause'] }): Promise<void>
  /** The tree of what stands in the task's worktree now; undefined when it has none. */
  content(place: TaskPlace): Promise<string | undefined>
  /** Snapshots the worktree, then moves it to the trash. */
  discard(place: TaskPlace): Promise<void>
}

export interface TaskPlace {
  mirror: Mirror
  session: SessionRow
  task: TaskRow
}

export interface WorkspaceDeps extends SetupDeps {
  dataDir: string
  clock: Clock
  log: Log
}

export function createWorkspaces(deps: WorkspaceDeps): Workspaces {
  const folderOf = ({ session, task }: TaskPlace) =>
    join(deps.dataDir, 'worktrees', session.id, task.id)

  const existing: Workspaces['existing'] = (place) => {
    const dir = folderOf(place)
    const { branch, base } = place.task
    return base !== undefined && standsAt(dir)?.isDirectory()
      ? openWorktree(place.mirror, { dir, branch, base })
      : undefined
  }

  // The snapshots of one worktree follow one another: the timer's must not cross the one at the end.
  const queue = createKeyedQueue()
  const snapshot: Workspaces['snapshot'] = (place, why) =>
    queue.run(place.task.id, async () => {
      const worktree = existing(place)
      if (!worktree) return
      const { session, task } = place
      // A ref for each, so that none depends on another: the time in digits is unique within a task.
      const name = deps.clock.now().replaceAll(/\D/g, '')
      const ref = `refs/thalogos/snapshots/${session.id}/${task.id}/${name}`
      const taken = await takeSnapshot(place.mirror, worktree, {
        ref,
        message: `Snapshot of ${task.key} (${why.cause})`,
      })
      if (taken.fresh) recordSnapshot(deps, place, { ...why, ref, commit: taken.commit })
    })

  const discard: Workspaces['discard'] = async (place) => {
    const dir = folderOf(place)
    try {
      await snapshot(place, { cause: 'removal' })
    } catch (error) {
      // Nothing is lost by it: the trash keeps the folder as it is, also one that nobody can read through.
      const { id: taskId, sessionId } = place.task
      deps.log.error('snapshot failed', { sessionId, taskId, error: String(error) })
    }
    // First the word that it is there to work in: cut off in between, it is a folder that nobody goes on in.
    forgetWorktree(deps, place)
    if (!standsAt(dir)) return
    await trash(deps, place, dir)
  }

  return {
    existing,
    snapshot,
    discard,
    content: (place) =>
      queue.run(place.task.id, async () => {
        const worktree = existing(place)
        return worktree && (await readContent(place.mirror, worktree))
      }),
    async fresh(place, signal) {
      await discard(place)
      const { mirror, session, task } = place
      const base = await readIntegrationHead(place)
      const dir = folderOf(place)
      await mkdir(dirname(dir), { recursive: true, mode: 0o700 })
      const { copy } = trustedWorktree(session)
      const worktree = await createWorktree(mirror, {
        dir,
        branch: task.branch,
        commit: base,
        copy,
      })
      const reason = await runSetup(deps, { session, taskId: task.id, dir }, signal)
      if (reason) return { ok: false, error: reason }
      if (signal.aborted) return fail('interrupted', 'the setup was stopped')
      recordWorktree(deps, place, { dir, base })
      return ok(worktree)
    },
  }
}

/** What is at a path itself: an agent may have put a link there, whose end is none of our business. */
const standsAt = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false })

async function trash(deps: WorkspaceDeps, place: TaskPlace, dir: string): Promise<void> {
  const { session, task, mirror } = place
  const worktree = openWorktree(mirror, { dir, branch: task.branch, base: task.base ?? '' })
  const to = await trashWorktree(worktree, join(deps.dataDir, 'trash'))
  deps.events.commit((_tables, emit) =>
    emit({
      type: 'worktree.trashed',
      actor: 'orchestrator',
      sessionId: session.id,
      taskId: task.id,
      data: { from: dir, to },
    }),
  )
}

/** A worktree that is going has no base: by it a finished one is told from one that is being made. */
function forgetWorktree({ events, clock }: WorkspaceDeps, { task }: TaskPlace): void {
  if (task.base === undefined) return
  events.commit((tables) =>
    tables.tasks.update(task.id, { base: undefined, updatedAt: clock.now() }),
  )
}

function recordWorktree(
  deps: WorkspaceDeps,
  { session, task }: TaskPlace,
  { dir, base }: { dir: string; base: string },
): void {
  deps.events.commit((tables, emit) => {
    tables.tasks.update(task.id, { base, updatedAt: deps.clock.now() })
    emit({
      type: 'worktree.created',
      actor: 'orchestrator',
      sessionId: session.id,
      taskId: task.id,
      data: { path: dir },
    })
  })
}

function recordSnapshot(
  deps: WorkspaceDeps,
  { session, task }: TaskPlace,
  taken: { runId?: string; cause: Snapshot['cause']; ref: string; commit: string },
): void {
  deps.events.commit((tables, emit) => {
    const snapshot = tables.snapshots.insert({
      sessionId: session.id,
      taskId: task.id,
      ...taken,
      at: deps.clock.now(),
    })
    emit({
      type: 'snapshot.taken',
      actor: 'orchestrator',
      sessionId: session.id,
      taskId: task.id,
      ...(taken.runId ? { runId: taken.runId } : {}),
      data: { snapshot },
    })
  })
}
