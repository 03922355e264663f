import { newApprovalId } from '../base/index.ts'
import { agentIdentity, commitContent, composeMessage, sessionTrailers } from '../git/index.ts'
import type { TaskRow } from '../storage/index.ts'
import type { TaskDeps } from './deps.ts'
import { moveTask, moveTaskIn } from './task-moves.ts'
import type { TaskPlace } from './workspaces.ts'

/**
 * Turns what a run left in the worktree into one commit on the task's base. Nothing changed is said as such;
 * what needs a human's word becomes an approval, and the task waits. Stopped by the signal, it changes nothing.
 */
export async function commitTask(
  deps: TaskDeps,
  place: TaskPlace,
  signal: AbortSignal,
): Promise<void> {
  const { session, task, mirror } = place
  const worktree = deps.workspaces.existing(place)
  if (!worktree) {
    const reason = { code: 'unreadable_content', message: 'the worktree is gone' } as const
    moveTask(deps, task.id, { to: 'failed', reason })
    return
  }
  const approved = deps.events.read.approvals
    .bySession(session.id)
    .findLast(
      ({ kind, taskId, state }) => kind === 'content' && taskId === task.id && state === 'allowed',
    )
  const author = agentIdentity(agentName(deps, task.agent))
  const committed = await commitContent(mirror, worktree, {
    author,
    signal,
    message: composeMessage({
      subject: task.title,
      ...(task.summary ? { body: task.summary } : {}),
      trailers: sessionTrailers(session.id, commitTrailers(deps, task)),
    }),
    ...(approved ? { approved: approved.subject } : {}),
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  if (!committed) return
  if (!committed.ok) {
    const { code, message, details } = committed.error
    if (code === 'content_needs_approval') return requestApproval(deps, place, { message, details })
    moveTask(deps, task.id, { to: 'failed', reason: { code, message } })
    return
  }
  const { commit, changed } = committed.value
  if (!changed) return nothingChanged(deps, place)
  const at = deps.clock.now()
  deps.events.commit((tables, emit) => {
    tables.commits.insert({ commit, sessionId: session.id, taskId: task.id, kind: 'task' })
    moveTaskIn({ tables, emit }, task.id, { to: 'verifying', set: { commit }, at })
  })
}

/** What the trailers of a task's commits say beside the session. */
export const commitTrailers = (deps: TaskDeps, task: TaskRow): [string, string][] => [
  ['Task', task.id],
  ['Agent', agentName(deps, task.agent)],
]

const agentName = (deps: TaskDeps, agent: string | undefined): string =>
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
    // For people to read; whether the task waits is told by the approval alone.
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
