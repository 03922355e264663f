import type { Git, Place } from './exec.ts'
import type { UserRepository } from './repository.ts'

/**
 * The host's own bare repository of a project: the only one in which the host runs git on what agents
 * wrote. The user's refs stand under `refs/origin/*`; everything else in it is ours.
 */
export interface Mirror {
  git: Git
  dir: string
  /** Profile `mirror`, without a working tree. */
  place: Place
  repository: UserRepository
  /** The user's excludes and the copied paths, as one file of patterns. */
  excludesFile: string
  /** Settings to pass with every command that reads or writes working files. */
  config: Readonly<Record<string, string>>
}
