import type { Mirror } from './mirror.ts'
import type { Identity } from './repository.ts'

/** Writes a commit; the user is its committer, whoever wrote what it holds. Moves no ref. */
export async function commitTree(
  mirror: Mirror,
  commit: { tree: string; parents: readonly string[]; message: string; author: Identity },
): Promise<string> {
  const { identity } = mirror.repository
  const parents = commit.parents.flatMap((parent) => ['-p', parent])
  return await mirror.git.text(mirror.place, ['commit-tree', ...parents, '-F', '-', commit.tree], {
    stdin: commit.message,
    env: {
      GIT_AUTHOR_NAME: commit.author.name,
      GIT_AUTHOR_EMAIL: commit.author.email,
      GIT_COMMITTER_NAME: identity.name,
      GIT_COMMITTER_EMAIL: identity.email,
    },
    config: { 'i18n.commitEncoding': 'UTF-8' },
  })
}
