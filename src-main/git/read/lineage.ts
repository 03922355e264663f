import type { Mirror } from '../mirror.ts'
import type { Identity } from '../repository.ts'

/** A commit of a session, with what its trailers say; texts come from outside and may be hostile. */
export interface LineageCommit {
  id: string
  parents: string[]
  author: Identity
  /** ISO 8601, as the committer's clock had it. */
  at: string
  subject: string
  session?: string
  task?: string
  agent?: string
}

export interface LineageRef {
  name: string
  commit: string
}

export interface Lineage {
  /** Newest first, children before their parents; those that the session added to its base. */
  commits: LineageCommit[]
  branches: LineageRef[]
  tags: LineageRef[]
}

// A session of a week stays below; more would not be read as a graph.
const MAX_COMMITS = 5_000
const FIELDS = [
  '%H',
  '%P',
  '%an',
  '%ae',
  '%cI',
  '%s',
  ...['Session', 'Task', 'Agent'].map((key) => `%(trailers:key=${key},valueonly,separator=%x20)`),
]

/**
 * The commits, branches and checkpoint tags of a session: everything its branches, its tags and the
 * target hold beyond `base`. Tags and the target are as the last refresh found them.
 */
export async function lineage(
  mirror: Mirror,
  { session, base, target }: { session: string; base: string; target?: string },
): Promise<Lineage> {
  const [branches, tags, targets] = await Promise.all([
    refsBelow(mirror, 'refs/heads/', `session/${session}`),
    refsBelow(mirror, 'refs/origin/tags/', `thalogos/${session}`),
    target === undefined ? [] : refsBelow(mirror, 'refs/origin/heads/', target),
  ])
  const heads = [...branches, ...tags, ...targets.filter((ref) => ref.name === target)]
  return { commits: await commitsBeyond(mirror, base, heads), branches, tags }
}

/** Refs at or below `name`; an annotated tag is shown as the commit it marks. */
async function refsBelow(mirror: Mirror, space: string, name: string): Promise<LineageRef[]> {
  const listed = await mirror.git.text(mirror.place, [
    'for-each-ref',
    '--format=%(refname)%00%(objectname)%00%(*objectname)',
    '--',
    `${space}${name}`,
  ])
  return listed.split('\n').flatMap((line) => {
    const [ref = '', id = '', peeled = ''] = line.split('\0')
    return ref === '' ? [] : [{ name: ref.slice(space.length), commit: peeled || id }]
  })
}

async function commitsBeyond(
  mirror: Mirror,
  base: string,
  heads: readonly LineageRef[],
): Promise<LineageCommit[]> {
  if (heads.length === 0) return []
  const listed = await mirror.git.text(
    mirror.place,
    [
      'log',
      '-z',
      '--topo-order',
      `--max-count=${MAX_COMMITS}`,
      `--format=${FIELDS.join('%x00')}`,
      '--stdin',
    ],
    { stdin: [`^${base}`, ...heads.map((ref) => ref.commit), ''].join('\n') },
  )
  const fields = listed.split('\0')
  const commits: LineageCommit[] = []
  for (let at = 0; at + FIELDS.length <= fields.length; at += FIELDS.length) {
    commits.push(commitOf(fields.slice(at, at + FIELDS.length)))
  }
  return commits
}

function commitOf(fields: readonly string[]): LineageCommit {
  const [id = '', parents = '', name = '', email = '', at = '', subject = '', ...trailers] = fields
  const [session = '', task = '', agent = ''] = trailers.map((value) => value.trim())
  return {
    id,
    parents: parents.split(' ').filter(Boolean),
    author: { name, email },
    at,
    subject,
    ...(session ? { session } : {}),
    ...(task ? { task } : {}),
    ...(agent ? { agent } : {}),
  }
}
