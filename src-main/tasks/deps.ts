import type { Reason } from '../../src-shared/contract/index.ts'
import type { Agents, Runner } from '../agents/index.ts'
import type { Clock, KeyedQueue, Log } from '../base/index.ts'
import type { Events } from '../events/index.ts'
import type { Mirror } from '../git/index.ts'
import type { Artifacts } from '../storage/index.ts'
import type { Permissions } from './permissions.ts'
import type { Standing } from './router.ts'
import type { Verifier } from './verify/verifier.ts'
import type { Workspaces } from './workspaces.ts'

/** What the engine needs of the session that owns its tasks; given by the composition root. */
export interface SessionPort {
  /** Where the session stands after the router's last look. */
  stand(sessionId: string, standing: Standing): void
  /** Nothing can go on for a reason that lies outside of the work: the disk, the repository. */
  halt(sessionId: string, reason: Reason): void
  /** A human asked for more work: a session that waited goes on. */
  reopen(sessionId: string): void
}

export interface TaskDeps {
  events: Events
  artifacts: Artifacts
  agents: Agents
  runner: Runner
  /** Our own tools for runs: an address and a token for each, or nothing where no gateway serves them. */
  access: {
    grant(runId: string): { url: string; token: string } | undefined
    revoke(runId: string): void
  }
  permissions: Permissions
  workspaces: Workspaces
  verifier: Verifier
  /** The project's mirror, opened once and kept. */
  mirror: (projectId: string) => Promise<Mirror>
  /** One thing at a time per integration branch (key: session id); Save uses it, too. */
  integration: KeyedQueue
  sessions: SessionPort
  /** The data folder: worktrees and trash stand in it. */
  dataDir: string
  limits: { concurrentRuns: number; runTimeoutMinutes: number }
  clock: Clock
  log: Log
}
