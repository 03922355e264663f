import type { Git, Place } from './exec.ts'

/**
 * The bytes of a file as a commit has it; nothing when there is none at that path, or when it is a
 * folder, a link or a submodule. `path` is taken literally, with `/` between names.
 */
export async function readFileAt(
  git: Git,
  place: Place,
  at: { commit: string; path: string },
): Promise<Buffer | undefined> {
  const { stdout } = await git.run(place, [
    'ls-tree',
    '-z',
    '--full-tree',
    at.commit,
    '--',
    at.path,
  ])
  const [, blob, path] = /^100(?:644|755) blob ([0-9a-f]+)\t([^\0]*)\0$/.exec(String(stdout)) ?? []
  // A folder's name with a slash at its end lists what is in it.
  if (!blob || path !== at.path) return undefined
  return (await git.run(place, ['cat-file', 'blob', blob])).stdout
}
