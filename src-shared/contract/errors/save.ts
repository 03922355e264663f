import type { Wording } from './wording.ts'

const NOTHING = 'Nothing was changed: branch, files, index and stash are as they were.'

/** Why Save or Roll back refuses. A refusal changes nothing. */
export const saveErrors = {
  save_nothing: {
    what: 'There is nothing to save: the target already holds everything that is integrated.',
    kept: NOTHING,
    next: 'Wait for a task to be integrated, or add one.',
  },
  save_checks_failed: {
    what: 'A check is red on the state that would be saved.',
    kept: NOTHING,
    next: 'See the log of the check; retry the task concerned or add one that mends it.',
  },
  save_unchecked: {
    what: 'No check ran on the state that would be saved.',
    kept: NOTHING,
    next: 'Add checks to .thalogos.json and trust them, or save unchecked on purpose (--allow-unchecked).',
  },
  save_needs_approval: {
    what: 'The target is protected: somebody has to allow exactly this move.',
    kept: NOTHING,
    next: 'Answer the question that was asked, then try again.',
  },
  save_target_conflict: {
    what: 'The target moved meanwhile, and its new commits conflict with the integrated work.',
    kept: NOTHING,
    next: 'Resolve the files named, for example with a task that merges them, then save again.',
  },
  files_in_the_way: {
    what: 'Files of yours stand where the new state would write.',
    kept: NOTHING,
    next: 'Commit, move or stash the files named, then try again.',
  },
  operation_in_progress: {
    what: 'A merge, rebase, cherry-pick, revert or bisect is in progress in your repository.',
    kept: NOTHING,
    next: 'Finish or abort it, then try again.',
  },
  index_locked: {
    what: 'Another git command holds the index of your repository.',
    kept: NOTHING,
    next: 'Wait for it to end. If no git command runs, remove the index.lock file named.',
  },
  index_unmerged: {
    what: 'Your index has unresolved conflicts.',
    kept: NOTHING,
    next: 'Resolve them, then try again.',
  },
  sparse_checkout: {
    what: 'Your checkout is sparse, and the target is checked out in it.',
    kept: NOTHING,
    next: 'Check another branch out, or disable the sparse checkout, then try again.',
  },
  target_checked_out_elsewhere: {
    what: 'The target is checked out in another worktree of yours.',
    kept: NOTHING,
    next: 'Check another branch out there, then try again.',
  },
  target_moved: {
    what: 'The target moved while it was being saved.',
    kept: NOTHING,
    next: 'Try again; the new commits are merged and verified first.',
  },
  refs_locked: {
    what: 'Another git command holds the branch or the tag that would be moved.',
    kept: NOTHING,
    next: 'Wait for it to end. If no git command runs, remove the lock file named.',
  },
  tag_taken: {
    what: 'A tag of yours stands where the tag of the checkpoint belongs.',
    kept: NOTHING,
    next: 'Rename the tag named, then try again.',
  },
  session_unfinished: {
    what: 'Tasks of the session are unfinished.',
    kept: NOTHING,
    next: 'Wait for them, or cancel them.',
  },
  checkpoint_unknown: {
    what: 'The session has no such checkpoint.',
    kept: NOTHING,
    next: 'Choose one of its checkpoints; 0 is the target as the session found it.',
  },
  rollback_nothing: {
    what: 'The target already has the content of that checkpoint.',
    kept: NOTHING,
    next: 'Choose another checkpoint.',
  },
  rollback_foreign: {
    what: 'The target has commits that Thalogos did not make and that this would undo.',
    kept: NOTHING,
    next: 'Look at the commits named; to undo them as well, say so (includeForeign).',
  },
  rollback_published: {
    what: 'A remote already has the commits that a rewind would take off the branch.',
    kept: NOTHING,
    next: 'Use restore: it brings the old content back as a new checkpoint.',
  },
  rollback_conflict: {
    what: 'The old content conflicts with integrated work that is not saved yet.',
    kept: NOTHING,
    next: 'Save that work first, or cancel it, then roll back.',
  },
} as const satisfies Record<string, Wording>
