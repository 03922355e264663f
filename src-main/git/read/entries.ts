import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mirror } from '../mirror.ts'

/** Object ids of those `paths` that the tree has; a path that names a folder gives the folder's tree. */
export async function entryIds(
  mirror: Mirror,
  { tree, paths }: { tree: string; paths: readonly string[] },
): Promise<Map<string, string>> {
  const listed = await mirror.git.text(mirror.place, ['ls-tree', '-z', tree, '--', ...paths])
  return new Map(
    listed
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const tab = line.indexOf('\t')
        return [line.slice(tab + 1), line.slice(0, tab).split(' ')[2] ?? '']
      }),
  )
}

/** What stands in `dir` and is not in `tree`, ignored or not; a folder with nothing of the tree in it as one entry. */
export async function untrackedEntries(
  mirror: Mirror,
  { dir, tree }: { dir: string; tree: string },
): Promise<string[]> {
  const indexFile = join(tmpdir(), `thalogos-index-${randomUUID()}`)
  const place = { ...mirror.place, workTree: dir, indexFile }
  try {
    await mirror.git.run(place, ['read-tree', tree])
    const listed = await mirror.git.text(place, ['ls-files', '--others', '--directory', '-z'])
    return listed.split('\0').flatMap((path) => (path === '' ? [] : path.replace(/\/$/, '')))
  } finally {
    await rm(indexFile, { force: true })
  }
}
