import type { Wording } from './wording.ts'

const KEPT = 'The content is kept in its worktree and as a snapshot.'

/** What an agent left behind cannot be committed as it is. */
export const contentErrors = {
  embedded_repository: {
    what: 'The agent left a git repository inside the worktree.',
    kept: KEPT,
    next: 'Remove its .git folder (or the whole folder), then retry the task.',
  },
  lfs_unsupported: {
    what: 'A file that git LFS or another filter looks after was changed; Thalogos cannot store those yet.',
    kept: KEPT,
    next: 'Change that file by hand, or take it out of the filter, then retry the task.',
  },
  content_needs_approval: {
    what: 'The change holds something only you can allow: a link that leaves the tree, a very large file, or very many new files.',
    kept: KEPT,
    next: 'Allow or deny it.',
  },
  content_denied: {
    what: 'The content was denied.',
    kept: KEPT,
    next: 'Retry the task with a note, or cancel it.',
  },
  unreadable_content: {
    what: 'Something in the worktree cannot be read or stored by git (rights, a socket, a name).',
    kept: KEPT,
    next: 'Correct or remove what is named, then retry the task.',
  },
} as const satisfies Record<string, Wording>
