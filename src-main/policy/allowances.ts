import type { Approval } from '../../src-shared/contract/index.ts'

/** What exactly is asked for: the tool and its deed, as one string that is equal only for the same. */
export const permissionSubject = (tool: string, deed: string): string =>
  JSON.stringify([tool, deed])

/**
 * The earlier answer of the same session that covers this question: the same agent, the same tool, the same
 * deed to the letter. A command that merely begins alike may do anything, so nothing wider is ever covered.
 */
export const sessionAllowance = (
  approvals: readonly Approval[],
  asked: { agent: string; subject: string },
): Approval | undefined =>
  approvals.findLast(
    ({ kind, state, scope, agent, subject }) =>
      kind === 'permission' &&
      state === 'allowed' &&
      scope === 'session' &&
      agent === asked.agent &&
      subject === asked.subject,
  )
