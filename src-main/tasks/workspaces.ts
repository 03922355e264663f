import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Reason, Snapshot } from '../../src-shared/contract/index.ts'
import { type Clock, createKeyedQueue, fail, type Log, ok, type Result } from '../base/index.ts'
import type { Events } from '../events/index.ts'
import {
  createWorktree,
  type Mirror,
  openWorktree,
  readRef,
  takeSnapshot,
  trashWorktree,
  type Worktree,
} from '../git/index.ts'
import type { SessionRow, TaskRow } from '../storage/index.ts'
import type { CommandRunner } from './command.ts'

/** The folders in which agents work: one private clone per task, in the data folder. */
export interface Workspaces {
  /** A new worktree from the integration head of this moment; an earlier one goes to the trash. */
  fresh(place: TaskPlace, signal: AbortSignal): Promise<Result<Worktree, Reason>>
  /** The worktree the task already has, as it was left; undefined when there is none. */
  existing(place: TaskPlace): Worktree | undefined
  /** Keeps the uncommitted state under a ref of the mirror. Says nothing when it is the same as the last one. */
  snapshot(place: TaskPlace, why: { runId?: string; cause: Snapshot['cause'] }): Promise<void>
  /** Snapshots the worktree, then moves it to the trash. */
  discard(place: TaskPlace): Promise<void>
}

export interface TaskPlace {
  mirror: Mirror
  session: SessionRow
  task: TaskRow
}

export interface WorkspaceDeps {
  events: Events
  dataDir: string
  command: CommandRunner
  clock: Clock
  log: Log
}

export function createWorkspaces(deps: WorkspaceDeps): Workspaces {
  const folderOf = ({ session, task }: TaskPlace) =>
    join(deps.dataDir, 'worktrees', session.id, task.id)

  const existing: Workspaces['existing'] = (place) => {
    const dir = folderOf(place)
    const { branch, base } = place.task
    return base !== undefined && existsSync(dir)
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
    const worktree = existing(place)
    if (!worktree) return
    await snapshot(place, { cause: 'removal' })
    const to = await trashWorktree(worktree, join(deps.dataDir, 'trash'))
    deps.events.commit((_tables, emit) =>
      emit({
        type: 'worktree.trashed',
        actor: 'orchestrator',
        sessionId: place.session.id,
        taskId: place.task.id,
        data: { from: worktree.dir, to },
      }),
    )
  }

  return {
    existing,
    snapshot,
    discard,
    async fresh(place, signal) {
      await discard(place)
      const { mirror, session, task } = place
      const base = await readRef(mirror, `refs/heads/${session.integrationBranch}`)
      if (base === undefined) throw new Error(`session ${session.id} has no integration branch`)
      const dir = folderOf(place)
      await mkdir(dirname(dir), { recursive: true, mode: 0o700 })
      const { copy, setup, setupTimeoutSeconds } = trustedWorktree(session)
      const worktree = await createWorktree(mirror, {
        dir,
        branch: task.branch,
        commit: base,
        copy,
      })
      recordWorktree(deps, place, { dir, base })
      if (setup === undefined) return ok(worktree)
      const end = await deps.command.run({
        line: setup,
        cwd: dir,
        timeoutSeconds: setupTimeoutSeconds,
        signal,
      })
      if (end.exitCode === 0 || signal.aborted) return ok(worktree)
      return fail('setup_failed', `${setup}: ${end.summary}`)
    },
  }
}

const NO_PREPARATION = { copy: [], setup: undefined, setupTimeoutSeconds: 0 }

/** What the repository asks for counts only once the user trusted it. */
export const trustedWorktree = (session: SessionRow) =>
  session.trusted ? session.projectConfig.worktree : NO_PREPARATION

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
