import type {
  Agent,
  Alert,
  Approval,
  EventData,
  EventType,
  Message,
  Run,
  Session,
  StoredEvent,
} from '../../../src-shared/contract/index.ts'

/** One event of the type `T`. */
export type EventOf<T extends EventType> = Extract<StoredEvent, { type: T }>

export type Conflict = EventData<'conflict.found'>

/** What the interface knows, folded from events; never changed, only replaced. Keys are ids. */
export interface Projection {
  /** The newest event that is in it. */
  readonly seq: number
  readonly sessions: Readonly<Record<string, Session>>
  readonly agents: Readonly<Record<string, Agent>>
  readonly approvals: Readonly<Record<string, Approval>>
  readonly alerts: Readonly<Record<string, Alert>>
  /** By session, oldest first; of those of which the chat was asked for, and of what came since. */
  readonly messages: Readonly<Record<string, readonly Message[]>>
  /** Runs that belong to no task, as those that plan, by session. */
  readonly planning: Readonly<Record<string, readonly Run[]>>
  /** The check that runs now, by task. */
  readonly checking: Readonly<Record<string, string>>
  /** What stood against each other last, by task. */
  readonly conflicts: Readonly<Record<string, Conflict>>
  /** What was found after a crash, by session. */
  readonly recovered: Readonly<Record<string, readonly string[]>>
}

export const emptyProjection: Projection = {
  seq: 0,
  sessions: {},
  agents: {},
  approvals: {},
  alerts: {},
  messages: {},
  planning: {},
  checking: {},
  conflicts: {},
  recovered: {},
}
