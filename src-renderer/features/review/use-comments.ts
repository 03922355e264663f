import type { Comment } from '../../../src-shared/contract/index.ts'
import { usePreference } from '../../base/index.ts'

const isComments = (value: unknown): value is Comment[] =>
  Array.isArray(value) &&
  value.every((one: Partial<Comment> | null) => typeof one?.text === 'string')

/** Remarks on a task that were not sent yet; they outlive a reload. */
export function useComments(task: string) {
  const [comments, keep] = usePreference<Comment[]>(`review.${task}`, [], isComments)
  return {
    comments,
    add: (comment: Comment) => keep([...comments, comment]),
    remove: (comment: Comment) => keep(comments.filter((one) => one !== comment)),
    clear: () => keep([]),
  }
}
