import * as z from 'zod/mini'

const obstacle = z.union([z.string(), z.object({ path: z.string() })])
const commit = z.union([
  z.string(),
  z.object({ commit: z.string(), subject: z.optional(z.string()) }),
])

// What refusals name, in the words of the engine; what is not there is not shown.
const shape = z.object({
  paths: z.optional(z.array(obstacle)),
  files: z.optional(z.array(obstacle)),
  commits: z.optional(z.array(commit)),
  total: z.optional(z.number()),
  file: z.optional(z.string()),
  worktree: z.optional(z.string()),
  operation: z.optional(z.string()),
  check: z.optional(z.string()),
  log: z.optional(z.string()),
  approval: z.optional(z.string()),
})

/** What a refusal is about. */
export interface Details {
  /** Files, commits or places, a line each. */
  lines: string[]
  /** How many of them are not named. */
  more: number
  check?: string | undefined
  /** Hash of an artifact. */
  log?: string | undefined
  approval?: string | undefined
}

/** Reads the details of an error; what has another shape is left out. */
export function detailsOf(details: unknown): Details {
  const read = shape.safeParse(details ?? {})
  if (!read.success) return { lines: [], more: 0 }
  const { paths = [], files = [], commits = [], total, check, log, approval, ...one } = read.data
  const named = [...paths, ...files].map((file) => (typeof file === 'string' ? file : file.path))
  const moved = commits.map((item) =>
    typeof item === 'string'
      ? item.slice(0, 10)
      : `${item.commit.slice(0, 10)} ${item.subject ?? ''}`,
  )
  const places = [one.file, one.worktree, one.operation].filter((place) => place !== undefined)
  const lines = [...named, ...moved, ...places]
  return { lines, more: Math.max(0, (total ?? 0) - lines.length), check, log, approval }
}
