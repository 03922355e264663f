import type { Agent } from '../../src-shared/contract/index.ts'
import type { SessionRow, TaskRow } from '../storage/index.ts'
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
  held: ReadonlySet<string>
}

/** Gathers what the router decides on; reads only. */
export function viewOf(deps: TaskDeps, gathered: Gathered): RouterView {
  const { session, steps } = gathered
  const running = [...steps.values()].flatMap(({ agent }) => agent ?? [])
  return {
    tasks: deps.events.read.tasks
      .bySession(session.id)
      .map((task) => taskView(deps, task, gathered)),
    agents: gathered.agents
      .filter(({ id }) => session.agents.length === 0 || session.agents.includes(id))
      .map((agent) => agentView(deps, agent, running)),
    freeRuns: deps.limits.concurrentRuns - running.length,
  }
}

function taskView(deps: TaskDeps, task: TaskRow, { steps, held }: Gathered): TaskView {
  return {
    id: task.id,
    key: task.key,
    state: task.state,
    needs: task.needs,
    kind: task.kind,
    ...(task.wantedAgent ? { wantedAgent: task.wantedAgent } : {}),
    // Asked only of those that may be started now; a look must stay cheap with hundreds of tasks.
    failedAgents:
      task.state === 'queued' ? failedAgents(deps.events.read.runs.byTask(task.id)) : [],
    dependencyFailed: task.reason?.code === 'dependency_failed',
    awaitsHuman: task.reason?.code === 'awaiting_approval' || held.has(task.id),
    busy: steps.has(task.id),
  }
}

function agentView(deps: TaskDeps, agent: Agent, running: readonly string[]): AgentView {
  const recent = deps.events.read.runs
    .recent(agent.id, RECENT_RUNS)
    .filter(({ outcome }) => outcome !== 'cancelled' && outcome !== 'interrupted')
  const good = recent.filter(({ outcome }) => outcome === 'succeeded').length
  return {
    id: agent.id,
    available: agent.available,
    kinds: agent.kinds,
    maxConcurrent: agent.limits.maxConcurrent,
    running: running.filter((id) => id === agent.id).length,
    success: recent.length === 0 ? 1 : good / recent.length,
  }
}
