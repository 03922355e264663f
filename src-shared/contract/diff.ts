import * as z from 'zod'

const count = z.number().int().nonnegative()

/** How a file differs; counts are lines. Paths come from agents and may be hostile. */
export const fileStatSchema = z.object({
  path: z.string(),
  oldPath: z.string().optional(),
  status: z.enum(['added', 'deleted', 'modified', 'renamed', 'type_changed']),
  added: count,
  removed: count,
  binary: z.boolean(),
  /** As git writes them (`100755`). */
  oldMode: z.string(),
  newMode: z.string(),
})
export type FileStat = z.infer<typeof fileStatSchema>

/** Each line of a hunk starts with ` `, `+`, `-` or `\`. */
const hunkSchema = z.object({
  oldStart: count,
  oldLines: count,
  newStart: count,
  newLines: count,
  section: z.string(),
  lines: z.array(z.string()),
})

/** `hunks` is missing when the file is binary, or `cut` for its size. */
export const fileDiffSchema = fileStatSchema.extend({
  hunks: z.array(hunkSchema).optional(),
  cut: z.boolean().optional(),
})
export type FileDiff = z.infer<typeof fileDiffSchema>

/** A commit as the history of a session shows it. */
export const sessionCommitSchema = z.object({
  commit: z.string(),
  parents: z.array(z.string()),
  subject: z.string(),
  author: z.string(),
  /** Short names of branches and tags that are at it. */
  refs: z.array(z.string()),
  /** The task's key, where it is a commit of one. */
  task: z.string().optional(),
  agent: z.string().optional(),
})
export type SessionCommit = z.infer<typeof sessionCommitSchema>
