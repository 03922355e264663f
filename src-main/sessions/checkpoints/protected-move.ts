import { type Failure, fail, newApprovalId, ok, type Result } from '../../base/index.ts'
import { reviewState } from '../../policy/index.ts'
import type { SessionRow } from '../../storage/index.ts'
import type { SessionDeps } from '../deps.ts'

/**
 * Whether a protected target may be moved exactly so. Where nobody was asked yet, the question is put, and the
 * refusal names it in its details; once it is allowed the same move passes.
 */
export function askForMove(
  deps: SessionDeps,
  session: SessionRow,
  { subject, deed }: { subject: string; deed: string },
): Result<void, Failure<'save_needs_approval'>> {
  const { target, projectConfig } = session
  const approvals = deps.events.read.approvals.bySession(session.id)
  const review = reviewState(projectConfig.policy, { target, subject }, approvals)
  if (review.state === 'free') return ok(undefined)
  const approval =
    review.state === 'open' ? review.approval.id : ask(deps, session, { subject, deed })
  return fail('save_needs_approval', `${target} is protected: allow it first`, {
    details: { approval },
  })
}

function ask(
  deps: SessionDeps,
  session: SessionRow,
  { subject, deed }: { subject: string; deed: string },
): string {
  const id = newApprovalId()
  const question = `May Thalogos ${deed}? The project protects this branch.`
  deps.events.commit((tables, emit) =>
    deps.tasks.putQuestion(
      { tables, emit },
      {
        id,
        sessionId: session.id,
        kind: 'save',
        question,
        options: ['allow', 'deny'],
        state: 'open',
        subject,
        at: deps.clock.now(),
      },
    ),
  )
  return id
}
