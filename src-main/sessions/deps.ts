import type { Agent, EventDraft } from '../../src-shared/contract/index.ts'
import type { Clock, KeyedQueue, Log } from '../base/index.ts'
import type { Events } from '../events/index.ts'
import type { Git } from '../git/index.ts'
import type { SessionRow, Tables } from '../storage/index.ts'
import type {
  Engine,
  ProposedPlan,
  preparePlan,
  ReadyPlan,
  Verifier,
  Workspaces,
} from '../tasks/index.ts'
import type { Projects } from './projects.ts'

/** A transaction under way: its tables, and the way to say what happened. */
export interface Transaction {
  tables: Tables
  emit: (event: EventDraft) => void
}

/** What sessions stand on. The ports of the tasks module are given by the composition root. */
export interface SessionDeps {
  events: Events
  git: Git
  projects: Projects
  engine: Engine
  verifier: Verifier
  workspaces: Workspaces
  preparePlan: typeof preparePlan
  /** Stores the plan's tasks within a transaction and says so. */
  adoptPlan: (
    transaction: Transaction,
    plan: { sessionId: string; plan: ReadyPlan; by: string; at: string },
  ) => void
  proposePlan: (session: SessionRow, signal: AbortSignal) => Promise<ProposedPlan>
  /** Puts a task whose run was cut off back into the queue, to go on where it stopped. */
  requeue: (taskId: string) => void
  /** Keys of the tasks that are still to come or to be decided. */
  unfinished: (sessionId: string) => readonly string[]
  agentIds: () => readonly string[]
  agents: () => Promise<readonly Agent[]>
  agentName: (id: string) => string
  /** One thing at a time per integration branch (key: session id). */
  integration: KeyedQueue
  /** One thing at a time per project (key: project id): the mirror and the user's repository. */
  project: KeyedQueue
  clock: Clock
  log: Log
}
