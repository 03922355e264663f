import type { Identity } from '../repository.ts'
import type { JournalPort, MoveKind, RefMove } from './journal.ts'

export interface MoveRequest {
  journal: JournalPort
  kind: MoveKind
  /** The session's id, which stands in the tag's name. */
  session: string
  /** The branch's short name. */
  target: string
  /** The target's commit as the caller saw it, and where it goes. */
  from: string
  to: string
  /** The checkpoint's number. */
  n: number
  /** The whole message of the tag, trailers and evidence included. */
  tagMessage: string
  tagger?: Identity
  at?: Date
  /** More refs of the user's repository, moved in the same transaction. */
  userRefs?: readonly RefMove[]
  /** Refs of the mirror that follow the target, also when a crash comes between. */
  mirrorRefs?: readonly RefMove[]
  /** Given when the user's repository lacks nothing of `to` but these objects, which were made here. */
  made?: readonly string[]
  /** The caller's own words to the journal; recovery hands them back. */
  note?: unknown
  /** Called between any two steps; a test stops here. */
  step?: (name: string) => void
}
