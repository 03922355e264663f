import {
  agentIdentity,
  composeMessage,
  mergeCommits,
  readRef,
  treeOf,
  updateRefs,
} from '../git/index.ts'
import { agentName, trailers } from './commit-work.ts'
import type { TaskDeps } from './deps.ts'
import { mayRepair } from './retry.ts'
import { moveTask } from './task-moves.ts'
import type { Verdict } from './verify.ts'
import type { TaskPlace } from './workspaces.ts'

/** Checks the task's own commit. Red goes back to the same worktree with the log, while that is worth it. */
export async function verifyTask(
  deps: TaskDeps,
  place: TaskPlace,
  signal: AbortSignal,
): Promise<void> {
  const { task, session, mirror } = place
  if (task.commit === undefined) throw new Error(`task ${task.id} has no commit to verify`)
  const tree = await treeOf(mirror, task.commit)
  const verdict = await deps.verifier.verify({ mirror, session, tree, taskId: task.id }, signal)
  switch (verdict.kind) {
    case 'aborted':
      return
    case 'green':
    case 'unchecked':
      moveTask(deps, task.id, { to: 'verified' })
      return
    case 'unprepared':
      moveTask(deps, task.id, { to: 'failed', reason: verdict.reason })
      return
    case 'red': {
      const again = mayRepair(deps.events.read.runs.byTask(task.id))
      const reason = { code: 'checks_failed', message: sayRed(verdict) } as const
      moveTask(deps, task.id, { to: again ? 'queued' : 'failed', reason })
    }
  }
}

const sayRed = ({ failed }: Verdict & { kind: 'red' }): string =>
  failed.exitCode === null
    ? `${failed.check} did not end in time`
    : `${failed.check} ended with ${failed.exitCode}`

/**
 * Merges a verified task into the session's integration branch, one at a time per session. The branch moves only
 * by compare-and-swap and only to a tree whose checks are green; a conflict keeps both sides.
 */
export function integrateTask(
  deps: TaskDeps,
  place: TaskPlace,
  signal: AbortSignal,
): Promise<void> {
  return deps.integration.run(place.session.id, async () => {
    if (signal.aborted) return
    const { task, session, mirror } = place
    const { commit } = task
    if (commit === undefined) throw new Error(`task ${task.id} has no commit to integrate`)
    if (task.state === 'verified') moveTask(deps, task.id, { to: 'integrating' })
    const ref = `refs/heads/${session.integrationBranch}`
    const head = await readRef(mirror, ref)
    if (head === undefined) throw new Error(`session ${session.id} has no integration branch`)
    const name = agentName(deps, task.agent)
    const merged = await mergeCommits(mirror, {
      ours: head,
      theirs: commit,
      author: agentIdentity('Thalogos'),
      message: composeMessage({
        subject: `Integrate: ${task.title}`,
        trailers: trailers(place, name),
      }),
    })
    if (!merged.ok)
      return conflicted(deps, place, { head, commit, files: merged.error.details.files })
    const { tree } = merged.value
    const verdict = await deps.verifier.verify({ mirror, session, tree, taskId: task.id }, signal)
    if (!passed(deps, task.id, verdict)) return
    const moved = await updateRefs(mirror, [{ ref, to: merged.value.commit, from: head }])
    if (!moved.ok)
      throw new Error(`the integration branch moved on its own: ${moved.error.message}`)
    advance(deps, place, { from: head, to: merged.value.commit })
  })
}

/** Whether the merged tree may become the head; what stands against it is put on the task. */
function passed(deps: TaskDeps, taskId: string, verdict: Verdict): boolean {
  switch (verdict.kind) {
    case 'green':
    case 'unchecked':
      return true
    case 'aborted':
      return false
    case 'unprepared':
      moveTask(deps, taskId, { to: 'failed', reason: verdict.reason })
      return false
    case 'red': {
      const reason = { code: 'merged_checks_failed', message: sayRed(verdict) } as const
      moveTask(deps, taskId, { to: 'conflicted', reason })
      return false
    }
  }
}

function advance(deps: TaskDeps, place: TaskPlace, move: { from: string; to: string }): void {
  const { session, task } = place
  deps.events.commit((tables, emit) => {
    tables.sessions.update(session.id, { integrationHead: move.to })
    if (!tables.commits.get(move.to)) {
      tables.commits.insert({
        commit: move.to,
        sessionId: session.id,
        taskId: task.id,
        kind: 'merge',
      })
    }
    emit({
      type: 'integration.advanced',
      actor: 'orchestrator',
      sessionId: session.id,
      taskId: task.id,
      data: move,
    })
  })
  moveTask(deps, task.id, { to: 'integrated' })
}

function conflicted(
  deps: TaskDeps,
  { session, task }: TaskPlace,
  sides: { head: string; commit: string; files: string[] },
): void {
  const { head, commit, files } = sides
  deps.events.commit((_tables, emit) =>
    emit({
      type: 'conflict.found',
      actor: 'orchestrator',
      sessionId: session.id,
      taskId: task.id,
      data: { files, ours: head, theirs: commit, base: task.base ?? '' },
    }),
  )
  const reason = { code: 'merge_conflict', message: `in ${files.slice(0, 5).join(', ')}` } as const
  moveTask(deps, task.id, { to: 'conflicted', reason })
}
