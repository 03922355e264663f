import { newApprovalId } from '../base/index.ts'
import { agentIdentity, commitContent, composeMessage } from '../git/index.ts'
import type { TaskDeps } from './deps.ts'
import { moveTask } from './task-moves.ts'
import type { TaskPlace } from './workspaces.ts'

/**
 * Turns what a run left in the worktree into one commit on the task's base. Nothing changed is said as such;
 * what needs a human's word becomes an approval, and the task waits.
 */
export async function commitTask(deps: TaskDeps, place: TaskPlace): Promise<void> {
  const { session, task, mirror } = place
  const worktree = deps.workspaces.existing(place)
  if (!worktree) throw new Error(`the worktree of task ${task.id} is gone`)
  const approved = deps.events.read.approvals
    .bySession(session.id)
    .findLast((approval) => approval.taskId === task.id && approval.state === 'allowed')
  const author = agentIdentity(agentName(deps, task.agent))
  const committed = await commitContent(mirror, worktree, {
    author,
    message: composeMessage({
      subject: task.title,
      ...(task.summary ? { body: task.summary } : {}),
      trailers: trailers(place, author.name),
    }),
    ...(approved ? { approved: approved.subject } : {}),
  })
  if (!committed.ok) {
    const { code, message, details } = committed.error
    if (code === 'content_needs_approval') return requestApproval(deps, place, { message, details })
    moveTask(deps, task.id, { to: 'failed', reason: { code, message } })
    return
  }
  const { commit, changed } = committed.value
  if (!changed) return nothingChanged(deps, place)
  deps.events.commit((tables) =>
    tables.commits.insert({ commit, sessionId: session.id, taskId: task.id, kind: 'task' }),
  )
  moveTask(deps, task.id, { to: 'verifying', set: { commit } })
}

/** The trailers of every commit that Thalogos makes for a task. */
export const trailers = ({ session, task }: TaskPlace, agent: string): [string, string][] => [
  ['Session', session.id],
  ['Task', task.id],
  ['Agent', agent],
  ['Supervised-by', 'Thalogos'],
]

export const agentName = (deps: TaskDeps, agent: string | undefined): string =>
  (agent && deps.agents.adapter(agent)?.descriptor.name) || agent || 'Thalogos'

/** A review has nothing to change; any other task that says "done" without a change has done nothing. */
function nothingChanged(deps: TaskDeps, { task }: TaskPlace): void {
  if (task.kind === 'review') {
    moveTask(deps, task.id, { to: 'integrated' })
    return
  }
  const reason = {
    code: 'no_change',
    message: `${agentName(deps, task.agent)} changed no file`,
  } as const
  moveTask(deps, task.id, { to: 'failed', reason })
}

function requestApproval(
  deps: TaskDeps,
  { session, task }: TaskPlace,
  asked: { message: string; details: unknown },
): void {
  const { subject } = asked.details as { subject: string }
  deps.events.commit((tables, emit) => {
    const approval = {
      id: newApprovalId(),
      sessionId: session.id,
      taskId: task.id,
      kind: 'content',
      question: asked.message,
      options: ['allow', 'deny'],
      state: 'open',
      subject,
      at: deps.clock.now(),
    } as const
    tables.approvals.insert({ ...approval, options: [...approval.options] })
    tables.tasks.update(task.id, {
      reason: { code: 'awaiting_approval', message: asked.message },
      updatedAt: approval.at,
    })
    emit({
      type: 'approval.requested',
      actor: 'orchestrator',
      sessionId: session.id,
      taskId: task.id,
      data: { approval: { ...approval, options: [...approval.options] } },
    })
  })
}
