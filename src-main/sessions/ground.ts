import type { ErrorCode } from '../../src-shared/contract/index.ts'
import { type Failure, ok, type Result } from '../base/index.ts'
import { chooseTarget, type Git, readFileAt, type UserRepository } from '../git/index.ts'
import { type FoundConfig, projectConfigFile, readProjectConfig } from './project-config.ts'

/** The branch that Save would move, the commit it is at, and what the project says of itself there. */
export interface Ground {
  target: string
  base: string
  found: FoundConfig
}

/** The project's configuration as it is in a commit of the user's repository. */
export const readConfigAt = async (
  git: Git,
  { place }: UserRepository,
  commit: string,
): Promise<Result<FoundConfig, Failure<'config_invalid'>>> =>
  readProjectConfig(await readFileAt(git, place, { commit, path: projectConfigFile }))

/** The target and the project's configuration at its commit; the file may itself name another target. */
export async function readGround(
  git: Git,
  repository: UserRepository,
  wanted?: string,
): Promise<Result<Ground, Failure<ErrorCode>>> {
  const chosen = await chooseTarget(git, repository, wanted)
  if (!chosen.ok) return chosen
  const { target, commit } = chosen.value
  const found = await readConfigAt(git, repository, commit)
  if (!found.ok) return found
  const named = found.value.config.target
  if (wanted === undefined && named !== undefined && named !== target) {
    return await readGround(git, repository, named)
  }
  return ok({ target, base: commit, found: found.value })
}
