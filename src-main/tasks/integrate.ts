import { commitTrailers } from './commit-work.ts'
import type { TaskDeps } from './deps.ts'
import { createIntegration } from './integration.ts'
import { moveTask, moveTaskIn } from './task-moves.ts'
import type { Verdict } from './verify/verifier.ts'
import type { TaskPlace } from './workspaces.ts'

/**
 * Merges a verified task into the session's integration branch, one at a time per session. The branch moves only
 * to a tree whose checks are green; a conflict keeps both sides.
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
    const integration = createIntegration(deps)
    const merged = await integration.merge(place, {
      theirs: commit,
      subject: `Integrate: ${task.title}`,
      trailers: commitTrailers(deps, task),
    })
    if (!merged.ok) {
      const { message, details } = merged.error
      const head = await integration.head(place)
      return conflicted(deps, place, { head, commit, message, files: details.files })
    }
    const step = merged.value
    const verdict = await deps.verifier.verify(
      { mirror, session, tree: step.tree, taskId: task.id },
      signal,
    )
    if (!passed(deps, task.id, verdict)) return
    await integration.advance(place, step, {
      kind: 'merge',
      taskId: task.id,
      store: (transaction) =>
        moveTaskIn(transaction, task.id, { to: 'integrated', at: deps.clock.now() }),
    })
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
      const reason = { code: 'merged_checks_failed', message: verdict.message } as const
      moveTask(deps, taskId, { to: 'conflicted', reason })
      return false
    }
  }
}

/** Tells both sides of a conflict and lets the task rest with it. */
function conflicted(
  deps: TaskDeps,
  { session, task }: TaskPlace,
  sides: { head: string; commit: string; message: string; files: string[] },
): void {
  const { head, commit, message, files } = sides
  const at = deps.clock.now()
  deps.events.commit((tables, emit) => {
    emit({
      type: 'conflict.found',
      actor: 'orchestrator',
      sessionId: session.id,
      taskId: task.id,
      data: { files, ours: head, theirs: commit, base: task.base ?? '' },
    })
    const reason = { code: 'merge_conflict', message } as const
    moveTaskIn({ tables, emit }, task.id, { to: 'conflicted', reason, at })
  })
}
