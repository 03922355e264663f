/**
 * Everything that is done with git, over one hardened `exec`.
 * The host never discovers a repository and never runs git in one that an agent can write: agents get
 * private clones, and their content is read through the project's mirror, which is the host's alone.
 * The user's repository is only read, except by Save and Roll back.
 */

export type { Obstacle, ObstacleDetails, ObstacleKind } from './checkout/obstacle.ts'
export { type ContentCommit, commitContent } from './content/commit.ts'
export type { ContentReport, Finding } from './content/findings.ts'
export { readContent, takeSnapshot } from './content/snapshot.ts'
export {
  createGit,
  type Git,
  type GitOptions,
  type GitOutput,
  type Place,
} from './exec.ts'
export { type MergeConflict, type Merged, mergeCommits } from './merge/merge.ts'
export { agentIdentity, composeMessage, hostIdentity, sessionTrailers } from './message.ts'
export { type Mirror, openMirror, refresh } from './mirror.ts'
export { diff, type FileDiff } from './read/diff.ts'
export { entryIds, untrackedEntries } from './read/entries.ts'
export { type Lineage, type LineageCommit, type LineageRef, lineage } from './read/lineage.ts'
export type { Hunk } from './read/patch.ts'
export { readFileAt } from './read-file-at.ts'
export { type RefUpdate, readRef, treeOf, updateRefs } from './refs.ts'
export { type Identity, openRepository, type UserRepository } from './repository.ts'
export type { Moved } from './save/carry-out.ts'
export {
  checkSave,
  type SaveReadiness,
  type SaveRequest,
  saveCheckpoint,
} from './save/checkpoint.ts'
export type { JournalEntry, JournalPort, MoveKind } from './save/journal.ts'
export type { SaveFailure } from './save/readiness.ts'
export { type Recovered, recoverJournal } from './save/recover.ts'
export {
  type ForeignCommit,
  type RestoreRequest,
  type RewindRequest,
  restoreCheckpoint,
  rewindTarget,
} from './save/rollback.ts'
export { chooseTarget, countUncommitted, type Target } from './target.ts'
export { fillVerifyWorktree, type VerifyContent } from './worktree/verify-worktree.ts'
export {
  createWorktree,
  openWorktree,
  trashWorktree,
  type Worktree,
  type WorktreeName,
} from './worktree/worktree.ts'
