import type { Place } from './exec.ts'

/** The user's repository as it was found; every path is absolute with links resolved. */
export interface UserRepository {
  /** The top folder of the working tree: the origin checkout. */
  root: string
  /** The working tree's own git folder; differs from `commonDir` in a linked worktree. */
  gitDir: string
  commonDir: string
  /** Profile `user`, acting on `root`. */
  place: Place
  identity: Identity
  objectFormat: ObjectFormat
  core: CoreSettings
  /** Patterns of the user's global excludes file, then of `info/exclude`. */
  excludes: string
}

export interface Identity {
  name: string
  email: string
}

export type ObjectFormat = 'sha1' | 'sha256'

/** What the user's file system can do, as their repository says. */
export interface CoreSettings {
  fileMode: boolean
  ignoreCase: boolean
  symlinks: boolean
  precomposeUnicode: boolean
}
