import type { ErrorCode, Project, ProjectView } from '../../src-shared/contract/index.ts'
import { type Failure, ok, type Result } from '../base/index.ts'
import { chooseTarget, type Git, openRepository } from '../git/index.ts'
import { readGround } from './ground.ts'
import { asksForTrust } from './project-config.ts'

/** A project and what its `.thalogos.json` says now; one that cannot be used is a problem, not a refusal. */
export async function viewProject(
  git: Git,
  project: Project,
): Promise<Result<ProjectView, Failure<ErrorCode>>> {
  const repository = await openRepository(git, project.path)
  if (!repository.ok) return repository
  const ground = await readGround(git, repository.value)
  if (ground.ok) {
    const { config, hash } = ground.value.found
    const trusted = !asksForTrust(config) || (hash !== undefined && hash === project.trustedConfig)
    const file = hash === undefined ? {} : { config, contentHash: hash }
    return ok({ ...project, target: ground.value.target, ...file, trusted })
  }
  // The file cannot be read, or names a branch that is not there.
  const chosen = await chooseTarget(git, repository.value)
  if (!chosen.ok) return chosen
  const { message: problem } = ground.error
  return ok({ ...project, target: chosen.value.target, problem, trusted: false })
}
