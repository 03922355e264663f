import type { Approval, ProjectConfig } from '../../src-shared/contract/index.ts'

/** A move of a branch, as one string that is equal only for the same move. */
export const moveSubject = (target: string, to: string): string => `${target} → ${to}`

/**
 * Whether a branch may be moved now. `free`: it is not protected, or exactly this move was allowed. `open`: the
 * question waits. `ask`: it was not asked yet, or was denied and is asked anew. A name that ends in `*` stands
 * for all that begin so.
 */
export function reviewState(
  policy: ProjectConfig['policy'],
  { target, subject }: { target: string; subject: string },
  approvals: readonly Approval[],
): { state: 'free' | 'ask' } | { state: 'open'; approval: Approval } {
  if (!policy.review.some((pattern) => matches(pattern, target))) return { state: 'free' }
  const last = approvals.findLast(
    (approval) => approval.kind === 'save' && approval.subject === subject,
  )
  if (last?.state === 'allowed') return { state: 'free' }
  return last?.state === 'open' ? { state: 'open', approval: last } : { state: 'ask' }
}

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
