import type { Wording } from './wording.ts'

/** The data folder and the machine. */
export const dataErrors = {
  data_folder_owned: {
    what: 'Another Thalogos already uses the data folder.',
    kept: 'Nothing was changed.',
    next: 'Use that one, wait until it ends, or name another folder with --data.',
  },
  gateway_unreachable: {
    what: 'The Thalogos that uses the data folder does not answer.',
    kept: 'Nothing was changed.',
    next: 'Wait until it has started or ended, then try again; or name another folder with --data.',
  },
  gateway_version: {
    what: 'The Thalogos that uses the data folder has another version.',
    kept: 'Nothing was changed.',
    next: 'End that one, then try again; or name another folder with --data.',
  },
  data_folder_unusable: {
    what: 'The data folder cannot be created or written.',
    kept: 'Nothing was changed.',
    next: 'Correct its rights, or name another folder with --data.',
  },
  data_too_new: {
    what: 'The data folder was written by a newer Thalogos.',
    kept: 'Nothing was changed.',
    next: 'Use that version, or name another folder with --data.',
  },
  data_damaged: {
    what: 'The database in the data folder is damaged.',
    kept: 'The damaged file is kept under another name; your repositories and their commits are untouched.',
    next: 'Thalogos starts with an empty one. To go back to an older state, close it and put a copy from `backups` in its place.',
  },
  disk_full: {
    what: 'The disk is full.',
    kept: 'What was written before is kept; the step was not half done.',
    next: 'Free some space, then run the same command again.',
  },
  internal: {
    what: 'Something failed that should not.',
    kept: 'All work so far is kept.',
    next: 'See the log in the data folder, then try again.',
  },
} as const satisfies Record<string, Wording>
