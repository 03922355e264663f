import type { Wording } from './wording.ts'

const UNTOUCHED = 'The folder was not touched.'

/** The folder given cannot serve as a project. */
export const repositoryErrors = {
  not_a_repository: {
    what: 'The folder is not a git repository.',
    kept: UNTOUCHED,
    next: 'Name the top folder of a repository, or run `git init` there and commit once.',
  },
  bare_repository: {
    what: 'The repository is bare: it has no working files.',
    kept: UNTOUCHED,
    next: 'Clone it and name the clone.',
  },
  partial_clone: {
    what: 'The repository is a partial clone: some of its objects are only on a server.',
    kept: UNTOUCHED,
    next: 'Fetch everything with `git fetch --refetch --no-filter`, unset `remote.<name>.promisor` and `remote.<name>.partialclonefilter`, then try again.',
  },
  shallow_clone: {
    what: 'The repository is a shallow clone: its history is cut off.',
    kept: UNTOUCHED,
    next: 'Fetch the rest with `git fetch --unshallow`, then try again.',
  },
  no_commit: {
    what: 'The repository has no commit yet.',
    kept: UNTOUCHED,
    next: 'Commit once, then try again.',
  },
  target_missing: {
    what: 'The target branch does not exist.',
    kept: UNTOUCHED,
    next: 'Create the branch, or name another target.',
  },
  no_write_access: {
    what: 'The repository cannot be written by this user.',
    kept: UNTOUCHED,
    next: 'Correct the rights of its git folder and files, then try again.',
  },
  git_missing: {
    what: 'No usable git was found.',
    kept: 'Nothing was changed.',
    next: 'Install git 2.38 or newer.',
  },
  git_too_old: {
    what: 'The git that was found is too old.',
    kept: 'Nothing was changed.',
    next: 'Install git 2.38 or newer.',
  },
  git_failed: {
    what: 'A git command failed in a way that was not expected.',
    kept: 'What was done before it is kept; the step was not half done.',
    next: 'See the message and the log; the same step can be tried again.',
  },
} as const satisfies Record<string, Wording>
