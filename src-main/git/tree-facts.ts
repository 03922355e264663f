import { type RawPath, rawPath } from './checkout/raw-path.ts'
import type { Git } from './exec.ts'
import type { Mirror } from './mirror.ts'

/** What decisions need to know of a tree without looking at every file of it. */
export interface TreeFacts {
  gitlinks: readonly RawPath[]
  /** Its `.gitattributes` files with their blobs. */
  attributes: readonly { path: RawPath; oid: string }[]
}

// Bases that many tasks share are few; more than this is a long day.
const KEPT = 64
// By object id, so what is kept can never be out of date; by git, so that it ends with it.
const known = new WeakMap<Git, Map<string, TreeFacts>>()

/** Reads them once for each commit or tree id. */
export async function treeFacts(mirror: Mirror, id: string): Promise<TreeFacts> {
  const cache = known.get(mirror.git) ?? new Map<string, TreeFacts>()
  known.set(mirror.git, cache)
  const facts = cache.get(id) ?? (await read(mirror, id))
  cache.delete(id)
  cache.set(id, facts)
  for (const oldest of cache.keys()) if (cache.size > KEPT) cache.delete(oldest)
  return facts
}

async function read(mirror: Mirror, id: string): Promise<TreeFacts> {
  const { stdout } = await mirror.git.run(mirror.place, ['ls-tree', '-r', '-z', '--full-tree', id])
  const gitlinks: RawPath[] = []
  const attributes: { path: RawPath; oid: string }[] = []
  for (const entry of rawPath(stdout).split('\0')) {
    const [mode, , oid = ''] = entry.split(/[ \t]/, 3)
    if (mode === '160000') gitlinks.push(entry.slice(entry.indexOf('\t') + 1))
    else if (/[\t/]\.gitattributes$/.test(entry) && mode !== '120000') {
      attributes.push({ path: entry.slice(entry.indexOf('\t') + 1), oid })
    }
  }
  return { gitlinks, attributes }
}
