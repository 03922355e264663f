/** One repository for each table; they share one connection. Reads any time, changes only inside of a write. */
import type { TableContext } from '../table.ts'
import { type Approvals, createApprovals } from './approvals.ts'
import { type Checkpoints, createCheckpoints } from './checkpoints.ts'
import { type Commits, createCommits } from './commits.ts'
import { createEventTable, type EventTable } from './events.ts'
import { createEvidence, type EvidenceTable } from './evidence.ts'
import { createJournal, type Journal } from './journal.ts'
import { createMessages, type Messages } from './messages.ts'
import { createProjects, type Projects } from './projects.ts'
import { createRuns, type Runs } from './runs.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSettings, type Settings } from './settings.ts'
import { createSnapshots, type Snapshots } from './snapshots.ts'
import { createTasks, type Tasks } from './tasks.ts'

export interface Tables {
  readonly projects: Projects
  readonly sessions: Sessions
  readonly tasks: Tasks
  readonly runs: Runs
  readonly events: EventTable
  readonly evidence: EvidenceTable
  readonly checkpoints: Checkpoints
  readonly journal: Journal
  readonly snapshots: Snapshots
  readonly messages: Messages
  readonly approvals: Approvals
  readonly settings: Settings
  readonly commits: Commits
}

export function createTables(context: TableContext): Tables {
  return {
    projects: createProjects(context),
    sessions: createSessions(context),
    tasks: createTasks(context),
    runs: createRuns(context),
    events: createEventTable(context),
    evidence: createEvidence(context),
    checkpoints: createCheckpoints(context),
    journal: createJournal(context),
    snapshots: createSnapshots(context),
    messages: createMessages(context),
    approvals: createApprovals(context),
    settings: createSettings(context),
    commits: createCommits(context),
  }
}
