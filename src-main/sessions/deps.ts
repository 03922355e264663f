import type { Agent } from '../../src-shared/contract/index.ts'
import type { Runner } from '../agents/index.ts'
import type { Clock, KeyedQueue, Log } from '../base/index.ts'
import type { Events } from '../events/index.ts'
import type { Git } from '../git/index.ts'
import type { Tasks, Verifier, Workspaces } from '../tasks/index.ts'
import type { Projects } from './projects.ts'

/** What sessions stand on. What belongs to tasks is given by the composition root. */
export interface SessionDeps {
  events: Events
  git: Git
  projects: Projects
  tasks: Tasks
  verifier: Verifier
  workspaces: Workspaces
  /** Ends and salvages what an earlier process left of its runs. */
  runs: Pick<Runner, 'recover'>
  /** All agents that are configured, as they were last probed. */
  agents: (options?: { refresh: boolean }) => Promise<readonly Agent[]>
  /** The name of an agent as people know it. */
  agentName: (id: string) => string
  /** One thing at a time per integration branch (key: session id). */
  integration: KeyedQueue
  /** One thing at a time per project (key: project id): the user's repository. */
  checkouts: KeyedQueue
  clock: Clock
  log: Log
}
