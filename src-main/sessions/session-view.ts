import { addUsage, noUsage, type Session, type Task } from '../../src-shared/contract/index.ts'
import type { SessionRow, Tables, TaskRow } from '../storage/index.ts'

/** A session with everything that belongs to it, as clients see it. */
export function viewSession(read: Tables, session: SessionRow): Session {
  const { id, state, goal, projectId, target, reason, createdAt, updatedAt } = session
  return {
    id,
    state,
    goal,
    projectId,
    target,
    integration: { branch: session.integrationBranch, head: session.integrationHead },
    ...(reason ? { reason } : {}),
    tasks: read.tasks.bySession(id).map((task) => viewTask(read, task)),
    checkpoints: read.checkpoints.list(id),
    usage: read.runs
      .bySession(id)
      .map((run) => run.usage)
      .reduce(addUsage, noUsage),
    createdAt,
    updatedAt,
  }
}

const viewTask = (read: Tables, task: TaskRow): Task => ({
  ...task,
  runs: read.runs.byTask(task.id),
  evidence: read.evidence.byTask(task.id),
})
