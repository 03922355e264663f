import * as z from 'zod'

/** A Save or Roll back under way, as the journal keeps it. */
export interface JournalEntry {
  id: string
  sessionId: string
  kind: string
  step: string
  /** Belongs to this module; the caller stores it as it is. */
  data: unknown
}

/** The three moves of a target; each is the `kind` of its entry. */
export type MoveKind = 'save' | 'restore' | 'rewind'

/**
 * The caller's table of intentions. `put` is on the disk when it returns; entries of one project only.
 * A finished move's entry is the caller's to remove, together with what it records of the checkpoint.
 */
export interface JournalPort {
  put(entry: JournalEntry): void
  update(id: string, change: { step: string; data?: unknown }): void
  remove(id: string): void
  open(): readonly JournalEntry[]
}

const refMove = z.object({ ref: z.string(), to: z.string(), from: z.string() })

/** What the next start must know to finish or undo a move. */
const moveRecord = z.object({
  id: z.string(),
  /** The target's full name, and where it is moved from and to. */
  ref: z.string(),
  from: z.string(),
  to: z.string(),
  /** The tag's full name and object: made in one transaction with the target's move, so it tells of it. */
  tagRef: z.string(),
  tagObject: z.string(),
  /** More refs of the user's repository in the same transaction. */
  userRefs: z.array(refMove),
  /** Refs of the mirror that follow once the target has moved. */
  mirrorRefs: z.array(refMove),
  checkedOut: z.boolean(),
  n: z.number(),
  /** The caller's own. */
  note: z.unknown(),
})
export type MoveRecord = z.infer<typeof moveRecord>
export type RefMove = z.infer<typeof refMove>

export const readRecord = (entry: JournalEntry): MoveRecord => moveRecord.parse(entry.data)
