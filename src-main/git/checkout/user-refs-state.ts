import type { Git } from '../exec.ts'
import type { UserRepository } from '../repository.ts'

/** Where a ref of the user's is. */
export interface RefState {
  object: string
  /** HEAD of the origin checkout is on it. */
  isHead: boolean
}

/** Refs of the user's repository by their full names; those that do not exist are left out. */
export async function readUserRefs(
  { git, repository }: { git: Git; repository: UserRepository },
  refs: readonly string[],
): Promise<Map<string, RefState>> {
  const listed = await git.text(repository.place, [
    'for-each-ref',
    '--format=%(refname)%00%(objectname)%00%(HEAD)',
    ...refs,
  ])
  const found = listed.split('\n').map((line): [string, RefState] => {
    const [ref = '', object = '', star] = line.split('\0')
    return [ref, { object, isHead: star === '*' }]
  })
  return new Map(found.filter(([ref]) => refs.includes(ref)))
}
