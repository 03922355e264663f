import { treeOf } from '../../git/index.ts'
import type { TaskDeps } from '../deps.ts'
import { mayRepair } from '../retry.ts'
import { moveTask } from '../task-moves.ts'
import type { TaskPlace } from '../workspaces.ts'

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
      const reason = { code: 'checks_failed', message: verdict.message } as const
      moveTask(deps, task.id, { to: again ? 'queued' : 'failed', reason })
    }
  }
}
