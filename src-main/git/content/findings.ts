import { createHash } from 'node:crypto'
import { type Change, isFile, LINK } from '../checkout/changes.ts'
import { type RawPath, rawPath, shownPath } from '../checkout/raw-path.ts'
import type { Place } from '../exec.ts'
import type { Mirror } from '../mirror.ts'
import { inputOf, piecesOf, slicesOf } from '../pieces.ts'
import { LARGE_BYTES, type LargeFile, objectSizes } from './large.ts'
import { leavesTree } from './link-target.ts'

/** Something in a change that only a human may allow. */
export interface Finding {
  kind: 'link_outside' | 'large_file' | 'many_files'
  path?: string
  text: string
}

/** All of them, and what exactly an approval of them is about. */
export interface ContentReport {
  /** Digest of the findings and the content they are about; empty when there are none. */
  subject: string
  /** The first of them: as many as a person may read. */
  findings: Finding[]
  total: number
}

// A list that is longer is not read, and it is stored and sent with every look at the session.
const MAX_FINDINGS = 100
// design.md 5.8: past this it is build output or a dependency folder more often than work.
const MANY_FILES = 1_000

interface Weighed extends Finding {
  /** What the finding is about, exactly. */
  about: string
}

/** What is looked through: a change, and the large files among it as they stand on the disk. */
export interface Content {
  changes: readonly Change[]
  large: readonly LargeFile[]
}

/** Looks through a change; files that are as the base has them are no matter. */
export async function findQuestions(
  mirror: Mirror,
  place: Place,
  { changes, large }: Content,
): Promise<ContentReport> {
  const weighed = [
    ...(await findLinks(mirror, place, changes)),
    ...(await findLarge(mirror, { changes, large })),
    ...(await findMany(changes)),
  ]
  const findings = weighed.slice(0, MAX_FINDINGS).map(({ about: _, ...finding }) => finding)
  const subject = weighed.length === 0 ? '' : digest(weighed)
  return { subject, findings, total: weighed.length }
}

async function findLinks(
  mirror: Mirror,
  place: Place,
  changes: readonly Change[],
): Promise<Weighed[]> {
  const changed = changes.filter((change) => change.new?.mode === LINK)
  if (changed.length === 0) return []
  const links = await readLinks(mirror, place)
  return changed.flatMap(({ path }): Weighed[] => {
    if (!leavesTree(path, links)) return []
    const target = shownPath(links.get(path) ?? '')
    const text = `${shownPath(path)} is a link that leaves the tree, to ${target}`
    return [{ kind: 'link_outside', path: shownPath(path), text, about: `${path}\0${target}` }]
  })
}

/** Every link of the index with its target. */
async function readLinks(mirror: Mirror, place: Place): Promise<Map<RawPath, string>> {
  const listed = await mirror.git.run(place, ['ls-files', '-s', '-z'], { config: mirror.config })
  const links: { oid: string; path: RawPath }[] = []
  for await (const piece of piecesOf(listed.stdout)) {
    for (const entry of rawPath(piece).split('\0')) {
      if (!entry.startsWith('120000 ')) continue
      links.push({ oid: entry.split(' ', 2)[1] ?? '', path: entry.slice(entry.indexOf('\t') + 1) })
    }
  }
  const { stdout } = await mirror.git.run(mirror.place, ['cat-file', '--batch'], {
    stdin: await inputOf(
      links.map(({ oid }) => oid),
      '\n',
    ),
  })
  const targets = new Map<RawPath, string>()
  let at = 0
  for (const { path } of links) {
    // `<id> blob <size>LF<content>LF` (git-cat-file(1), "Batch output").
    const end = stdout.indexOf(0x0a, at)
    const size = Number(stdout.toString('latin1', at, end).split(' ')[2])
    targets.set(path, rawPath(stdout.subarray(end + 1, end + 1 + size)))
    at = end + 1 + size + 1
  }
  return targets
}

async function findLarge(mirror: Mirror, { changes, large }: Content): Promise<Weighed[]> {
  const onDisk = new Map(large.map(({ path, stat }) => [path, stat]))
  // The content was large in the same place before; only its rights changed.
  const files = changes.filter(
    ({ old, new: side }) => isFile(side) && side.mode !== LINK && side.oid !== old?.oid,
  )
  const others = files.filter(({ path }) => !onDisk.has(path))
  const oids = others.map((change) => change.new?.oid ?? '')
  const sizes = (await objectSizes(mirror, oids)).values()
  const found: Weighed[] = []
  for await (const slice of slicesOf(files)) {
    for (const change of slice) {
      // By its time, not its content: until it is allowed, nobody reads through it, and it may be endless.
      const stat = onDisk.get(change.path)
      const bytes = stat ? Number(stat.size) : Number(sizes.next().value)
      if (bytes <= LARGE_BYTES) continue
      const path = shownPath(change.path)
      const text = `${path} has ${(bytes / 1_000_000).toFixed(1)} MB`
      const mark = stat ? `${stat.size} ${stat.mtimeNs}` : change.new?.oid
      found.push({ kind: 'large_file', path, text, about: `${change.path}\0${mark}` })
    }
  }
  return found
}

async function findMany(changes: readonly Change[]): Promise<Weighed[]> {
  const added = changes.filter((change) => change.new && !change.old)
  if (added.length <= MANY_FILES) return []
  // They come in git's order, which is always the same.
  const about = createHash('sha256')
  for await (const slice of slicesOf(added)) {
    about.update(slice.map(({ path }) => `${path}\0`).join(''), 'latin1')
  }
  return [{ kind: 'many_files', text: `${added.length} new files`, about: about.digest('hex') }]
}

function digest(weighed: readonly Weighed[]): string {
  const lines = weighed.map(({ kind, about }) => JSON.stringify([kind, about])).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
