import type {
  Approval,
  Checkpoint,
  Config,
  ErrorCode,
  Session,
  SessionCommit,
  StoredEvent,
} from '../../src-shared/contract/index.ts'
import type { Failure, Log, Redactor, Result } from '../base/index.ts'
import type { SessionRequest } from '../sessions/index.ts'

/** The outcome of what may be refused: a value, or a closed code with words. */
export type Outcome<T> = Result<T, Failure<ErrorCode>>

/** What happened and happens. The event store satisfies it; a fake needs only these two. */
export interface EventFeed {
  /** Stored events with a greater `seq`, in order. */
  since(seq: number, filter?: { sessionId?: string; limit?: number }): StoredEvent[]
  /** Called after each commit; returns the way to stop. */
  subscribe(listener: (event: StoredEvent) => void): () => void
}

/**
 * What the commands need of the orchestrator, and all they may use of it.
 * Commands are clients: they ask, show and answer, and decide nothing about work.
 */
export interface Orchestrator {
  events: EventFeed
  /** What was stored and could not be read: set aside, not deleted. */
  damage(): readonly { place: string; problem: string }[]
  /** Creates a session, or finds the unfinished one of the same request (`resumed`). */
  openSession(request: SessionRequest): Promise<Outcome<{ session: Session; resumed: boolean }>>
  /** Starts or resumes; answers as soon as work goes on. */
  start(sessionId: string): Promise<Outcome<Session>>
  /** Sets a task that failed, conflicted or was cancelled going again. */
  retry(taskId: string): Outcome<Session>
  /** Resolves when nothing can go on without a human, or the session is suspended or finalized. */
  settled(sessionId: string): Promise<Session>
  save(
    sessionId: string,
    options: { message?: string; allowUnchecked: boolean },
  ): Promise<Outcome<Checkpoint>>
  /** The open questions of a session. */
  approvals(sessionId: string): Approval[]
  decide(
    approvalId: string,
    answer: { decision: 'allow' | 'deny'; note?: string },
  ): Promise<Outcome<Approval>>
  /** Newest first. */
  lineage(sessionId: string): Promise<SessionCommit[]>
  session(id: string): Session | undefined
  sessions(): Session[]
  /** Stops all agents and snapshots their work; sessions can go on later. */
  interrupt(): Promise<{ snapshots: number }>
  close(): Promise<void>
}

/** How the composition root is entered: `boot.ts` implements it. */
export type OpenOrchestrator = (deps: {
  dataDir: string
  config: Config
  resourcesDir: string
  log: Log
  redactor: Redactor
}) => Promise<Outcome<Orchestrator>>
