import { type RawPath, shownPath } from './raw-path.ts'

/** Something of the user's that a change of the working tree would destroy, or that stops it. */
export interface Obstacle {
  path: string
  why: ObstacleKind
}

export type ObstacleKind =
  /** A tracked file differs from the index. */
  | 'modified'
  /** The index differs from the target's commit. */
  | 'staged'
  /** A tracked file was deleted, or its entry is gone from the index. */
  | 'missing'
  /** A file that is not tracked, ignored or not, stands where one would be written. */
  | 'untracked'
  /** A folder on the way is a link. */
  | 'link'
  /** A folder on the way is a repository of its own. */
  | 'repository'
  /** git was told not to look at the file (assume-unchanged, skip-worktree). */
  | 'hidden'
  /** Two names that differ only in case would stand side by side. */
  | 'case'
  /** A folder on the way lies on another disk, so nothing can be moved there in one step. */
  | 'other_disk'
  /** The system does not let us move it. */
  | 'unwritable'

/** What a refusal tells about the files in the way. */
export interface ObstacleDetails {
  paths: Obstacle[]
  total: number
}

// More than a person reads; the total says how many there are.
const SHOWN = 100

export const obstacle = (path: RawPath, why: ObstacleKind): Obstacle => ({
  path: shownPath(path),
  why,
})

export function describeObstacles(obstacles: readonly Obstacle[]): {
  message: string
  details: ObstacleDetails
} {
  const [first] = obstacles
  const others = obstacles.length - 1
  return {
    message: `${first?.path} (${first?.why})${others > 0 ? ` and ${others} more` : ''}`,
    details: { paths: obstacles.slice(0, SHOWN), total: obstacles.length },
  }
}
