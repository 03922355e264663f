import type { Agent, Approval, ErrorCode, Run } from '../../src-shared/contract/index.ts'
import { allowedAgents, isAbsenceCode } from '../agents/index.ts'
import type { RunRecord, SessionRow, TaskRow } from '../storage/index.ts'
import type { Experience } from './choice.ts'
import type { TaskDeps } from './deps.ts'
import { failedAgents } from './retry.ts'
import type { AgentView, RouterView, TaskView } from './router.ts'

// An agent is judged by its last runs only: one that was mended yesterday is not blamed for last month.
const RECENT_RUNS = 20

interface Gathered {
  session: SessionRow
  agents: readonly Agent[]
  /** Steps under way, by task; those with an agent are runs. */
  steps: ReadonlyMap<string, { agent?: string }>
  /** Tasks whose step is being ended: what follows is decided by the one who ends it. */
  stopping: ReadonlySet<string>
  /** Tasks that failed in a way that could not even be stored. */
  stuck: ReadonlySet<string>
}

/** Gathers what the router decides on; reads only, and the same few queries however many tasks there are. */
export function viewOf(deps: TaskDeps, gathered: Gathered): RouterView {
  const { session, steps } = gathered
  const { read } = deps.events
  const tasks = read.tasks.bySession(session.id)
  // Earlier runs matter only to what may be started now.
  const isStarting = tasks.some(({ state }) => state === 'queued')
  const runs = Map.groupBy(isStarting ? read.runs.bySession(session.id) : [], (run) => run.taskId)
  // Of all sessions: a run that waits for a person's answer keeps its place from nobody.
  const open = read.approvals.open()
  const asked = (kind: Approval['kind']) =>
    new Set(open.flatMap((approval) => (approval.kind === kind ? (approval.taskId ?? []) : [])))
  const [content, permission] = [asked('content'), asked('permission')]
  const running = [...steps].flatMap(([taskId, { agent }]) =>
    permission.has(taskId) ? [] : (agent ?? []),
  )
  return {
    tasks: tasks.map((task) =>
      taskView(task, {
        runs: runs.get(task.id) ?? [],
        asks: permission.has(task.id),
        awaitsHuman: content.has(task.id) || gathered.stuck.has(task.id),
        busy: steps.has(task.id) || gathered.stopping.has(task.id),
      }),
    ),
    agents: allowedAgents(session.agents, gathered.agents).map((agent) =>
      agentView(deps, agent, running),
    ),
    freeRuns: deps.limits.concurrentRuns - running.length,
  }
}

function taskView(
  task: TaskRow,
  { runs, ...now }: { runs: readonly Run[]; asks: boolean; awaitsHuman: boolean; busy: boolean },
): TaskView {
  return {
    id: task.id,
    key: task.key,
    state: task.state,
    needs: task.needs,
    kind: task.kind,
    ...wanted(task),
    failedAgents: failedAgents(runs),
    dependencyFailed: task.reason?.code === 'dependency_failed',
    ...now,
  }
}

/** The agent asked for; a task that goes on in its worktree belongs to the one that has its conversation. */
function wanted({ agent, wantedAgent, reason }: TaskRow): { wantedAgent?: string } {
  const id = reason && GOES_ON.has(reason.code) ? (agent ?? wantedAgent) : wantedAgent
  return id === undefined ? {} : { wantedAgent: id }
}

const GOES_ON: ReadonlySet<ErrorCode> = new Set([
  'run_interrupted',
  'checks_failed',
  'taken_over',
  'handed_back',
])

function agentView(deps: TaskDeps, agent: Agent, running: readonly string[]): AgentView {
  return {
    id: agent.id,
    available: agent.available,
    ...(agent.reason ? { absence: agent.reason.message } : {}),
    kinds: agent.kinds,
    maxConcurrent: agent.limits.maxConcurrent,
    running: running.filter((id) => id === agent.id).length,
    record: deps.events.read.runs.record(agent.id, RECENT_RUNS).flatMap(experienceOf),
  }
}

/** What a run tells about its agent's work; nothing where it was stopped, or could not be had. */
function experienceOf({ kind, outcome, code, mended, costUsd }: RunRecord): Experience[] {
  if (outcome === 'cancelled' || outcome === 'interrupted' || isAbsenceCode(code)) return []
  return [{ kind, costUsd, good: outcome !== 'succeeded' ? 0 : mended ? 0.5 : 1 }]
}
