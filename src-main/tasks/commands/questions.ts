import type { Approval, Reason } from '../../../src-shared/contract/index.ts'
import type { Transaction } from '../task-moves.ts'
import { moveTaskIn } from '../task-moves.ts'

export interface Answer {
  decision: 'allow' | 'allow_session' | 'deny'
  note?: string
}

/** The question with its answer. Pure. */
export function answered(approval: Approval, { decision, note }: Answer): Approval {
  const scope = decision === 'allow_session' ? 'session' : 'once'
  return {
    ...approval,
    ...(decision === 'deny' ? { state: 'denied' } : { state: 'allowed', scope }),
    decidedBy: 'user',
    ...(note ? { note } : {}),
  }
}

/** Stores how a question ended and says so. */
export function settleApproval({ tables, emit }: Transaction, approval: Approval): void {
  tables.approvals.update(approval.id, approval)
  emit({ type: 'approval.decided', actor: approval.decidedBy ?? 'orchestrator', ...of(approval) })
}

/** Stores a question and says that it is asked, or, when a rule has its answer already, that it was. */
export function putApproval({ tables, emit }: Transaction, approval: Approval): void {
  tables.approvals.insert(approval)
  if (approval.state === 'open') {
    emit({ type: 'approval.requested', actor: 'orchestrator', ...of(approval) })
  } else emit({ type: 'approval.decided', actor: 'orchestrator', ...of(approval) })
}

/** Nobody needs the answers any more: open questions that `isMeant` become withdrawn. */
export function withdrawApprovals(
  transaction: Transaction,
  sessionId: string,
  isMeant: (approval: Approval) => boolean,
): void {
  for (const approval of transaction.tables.approvals.open(sessionId).filter(isMeant)) {
    settleApproval(transaction, { ...approval, state: 'withdrawn' })
  }
}

/** What an answer means for the work, by the kind of question. */
export const onDecided: Record<
  Approval['kind'],
  (transaction: Transaction, approval: Approval, at: string) => void
> = {
  content(transaction, { taskId, state, note }, at) {
    if (!taskId) return
    if (state === 'allowed') {
      transaction.tables.tasks.update(taskId, { reason: undefined, updatedAt: at })
      return
    }
    const reason: Reason = { code: 'content_denied', message: note ?? 'you denied the content' }
    moveTaskIn(transaction, taskId, { to: 'failed', reason, actor: 'user', at })
  },
  // The run that asked hears of it as an event.
  permission: () => undefined,
  // The next Save finds it.
  save: () => undefined,
}

const of = (approval: Approval) => ({
  sessionId: approval.sessionId,
  ...(approval.taskId ? { taskId: approval.taskId } : {}),
  ...(approval.runId ? { runId: approval.runId } : {}),
  data: { approval },
})
