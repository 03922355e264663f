import { addUsage, noUsage, type Session } from '../../src-shared/contract/index.ts'
import type { SessionRow, Tables } from '../storage/index.ts'

/** A session with everything that belongs to it, as clients see it. Four reads, however many tasks it has. */
export function viewSession(read: Tables, session: SessionRow): Session {
  const { id, state, goal, projectId, target, reason, plan, createdAt, updatedAt } = session
  const runs = read.runs.bySession(id)
  const runsOf = Map.groupBy(runs, ({ taskId }) => taskId)
  const evidenceOf = Map.groupBy(read.evidence.bySession(id), ({ taskId }) => taskId)
  return {
    id,
    state,
    goal,
    projectId,
    target,
    integration: { branch: session.integrationBranch, head: session.integrationHead },
    ...(reason ? { reason } : {}),
    ...(plan ? { plan } : {}),
    tasks: read.tasks.bySession(id).map((task) => ({
      ...task,
      runs: runsOf.get(task.id) ?? [],
      evidence: evidenceOf.get(task.id) ?? [],
    })),
    checkpoints: read.checkpoints.list(id),
    usage: runs.map((run) => run.usage).reduce(addUsage, noUsage),
    createdAt,
    updatedAt,
  }
}
