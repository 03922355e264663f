import type { SavePreview, Session } from '../../../src-shared/contract/index.ts'
import { count } from '../../ui/format.ts'

export interface SaveLabel {
  text: string
  /** Pressing it shows why, and what can be done. */
  isReady: boolean
}

const SHORT: Readonly<Record<string, string>> = {
  save_nothing: 'Nothing to save',
  save_unchecked: 'Unchecked',
  save_needs_approval: 'Needs your approval',
  save_target_conflict: 'Target conflicts',
  files_in_the_way: 'Your files are in the way',
  operation_in_progress: 'Finish your merge first',
  index_locked: 'Your index is locked',
  index_unmerged: 'Your index has conflicts',
  sparse_checkout: 'Sparse checkout',
  target_checked_out_elsewhere: 'Target checked out elsewhere',
}

/** What Save says: what it would do, or in a few words why it cannot yet. */
export function saveLabel(preview: SavePreview | undefined, { target }: Session): SaveLabel {
  if (!preview) return { text: 'Save', isReady: false }
  const { refusal, evidence, commits } = preview
  if (refusal?.code === 'save_checks_failed') {
    return { text: `${checkOf(refusal.details) ?? 'A check'} is red`, isReady: false }
  }
  const moves = `${count(savedTasks(preview), 'task')} → ${target}`
  if (refusal) {
    const short = SHORT[refusal.code] ?? 'Cannot save yet'
    return {
      text: refusal.code === 'save_unchecked' ? `${short}: ${moves}` : short,
      isReady: false,
    }
  }
  if (commits.length === 0) return { text: 'Nothing to save', isReady: false }
  return {
    text: evidence.length === 0 ? `Check and save ${moves}` : `Save ${moves}`,
    isReady: true,
  }
}

/** How many tasks it would move. */
export const savedTasks = ({ commits }: Pick<SavePreview, 'commits'>): number =>
  new Set(commits.flatMap(({ task }) => (task === undefined ? [] : [task]))).size

const checkOf = (details: unknown): string | undefined => {
  const { check } = (details ?? {}) as { check?: unknown }
  return typeof check === 'string' ? check : undefined
}
