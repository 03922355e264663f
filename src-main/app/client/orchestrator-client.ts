import type {
  ErrorCode,
  OperationAnswer,
  OperationCall,
  OperationName,
  StoredEvent,
} from '../../../src-shared/contract/index.ts'
import type { Failure } from '../../base/index.ts'
import type { Outcome } from '../outcome.ts'

/** Everything that may be asked; a failure to reach the orchestrator is an outcome like any other. */
export type OperationClient = {
  [N in OperationName]: (call: OperationCall<N>) => Promise<Outcome<OperationAnswer<N>>>
}

/** What happened and happens. */
export interface EventFeed {
  /** Tells of every event with a greater number once, in order, until the returned function is called. */
  follow(since: number, listener: (event: StoredEvent) => void): () => void
}

/** Where an orchestrator is reached, and what opens it: the user's alone. */
export interface Address {
  /** `http://127.0.0.1:<port>` */
  url: string
  token: string
}

/**
 * What the commands have of the orchestrator, in this process or in another one: they ask, show and answer, and
 * decide nothing about work. All of it could cross a wire.
 */
export interface Orchestrator {
  operations: OperationClient
  events: EventFeed
  address: Address
  /** The process it is in, where that is not this one. */
  elsewhere?: { pid: number }
  /** Resolves when the one elsewhere cannot be reached any more; never for our own. */
  lost: Promise<Failure<ErrorCode>>
  /** Resolves when no session is at work here; `onWait` is called when that is not so yet. At once for one elsewhere. */
  idle(onWait: () => void): Promise<void>
  /** Ends our own, where work is stopped and kept; only leaves one elsewhere. */
  close(): Promise<void>
}
