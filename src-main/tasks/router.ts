import type { Reason, TaskKind, TaskState } from '../../src-shared/contract/index.ts'

/** What the router knows of a task. `busy`: one of its steps is under way right now. */
export interface TaskView {
  id: string
  key: string
  state: TaskState
  needs: readonly string[]
  kind: TaskKind
  wantedAgent?: string
  /** Agents that failed at it since a human last asked for it; tried again only when no other is left. */
  failedAgents: readonly string[]
  /** Blocked for good unless what it needs is tried again. */
  dependencyFailed: boolean
  awaitsHuman: boolean
  /** The run under way waits for a person's answer. */
  asks: boolean
  busy: boolean
}

export interface AgentView {
  id: string
  available: boolean
  kinds: readonly TaskKind[]
  maxConcurrent: number
  /** Runs under way, over all sessions. */
  running: number
  /** Share of its recent runs that succeeded, 0 to 1; 1 without any. */
  success: number
}

export interface RouterView {
  /** Of one session, in the order of the plan. */
  tasks: readonly TaskView[]
  /** Those the session may use. */
  agents: readonly AgentView[]
  /** Runs that may still be started, over all sessions. */
  freeRuns: number
}

export type Decision =
  | { do: 'queue'; task: string }
  | { do: 'block'; task: string; reason?: Reason }
  | { do: 'run'; task: string; agent: string }
  | { do: 'commit' | 'verify' | 'integrate'; task: string }

/** Where a session stands once the decisions are carried out. */
export type Standing = 'working' | 'waits_for_human' | 'no_agent'

export interface Routing {
  decisions: Decision[]
  standing: Standing
}

/**
 * Decides what happens next to a session's tasks. Pure: the same view gives the same answer.
 * A task is started only when all it needs is integrated; no limit is exceeded by what is decided.
 */
export function route(view: RouterView): Routing {
  const byKey = new Map(view.tasks.map((task) => [task.key, task]))
  const load = new Map(view.agents.map((agent) => [agent.id, agent.running]))
  let freeRuns = view.freeRuns
  let starved = false
  const decisions: Decision[] = []

  for (const task of view.tasks) {
    if (task.busy || task.awaitsHuman) continue
    const step = nextStep(task, byKey)
    if (step === undefined) continue
    if (step.do !== 'run') {
      decisions.push(step)
      continue
    }
    const capable = capableAgents(task, view.agents)
    if (capable.length === 0) {
      starved = true
      continue
    }
    const agent = chooseAgent(task, capable, load)
    if (agent === undefined || freeRuns <= 0) continue
    freeRuns -= 1
    load.set(agent, (load.get(agent) ?? 0) + 1)
    decisions.push({ do: 'run', task: task.id, agent })
  }
  return { decisions, standing: standingOf(view, decisions, starved) }
}

type Step = Exclude<Decision, { do: 'run' }> | { do: 'run' }

/** What a task's state calls for; nothing for those that are at rest. */
function nextStep(task: TaskView, byKey: ReadonlyMap<string, TaskView>): Step | undefined {
  switch (task.state) {
    case 'planned':
    case 'blocked':
    case 'queued':
      return beforeRun(task, byKey)
    case 'reported':
      return { do: 'commit', task: task.id }
    case 'verifying':
      return { do: 'verify', task: task.id }
    case 'verified':
    case 'integrating':
      return { do: 'integrate', task: task.id }
    // Without a step under way a running task is one whose process is being recovered.
    case 'running':
    case 'integrated':
    case 'conflicted':
    case 'failed':
    case 'cancelled':
      return undefined
  }
}

function beforeRun(task: TaskView, byKey: ReadonlyMap<string, TaskView>): Step | undefined {
  const needs = task.needs.map((key) => byKey.get(key))
  if (needs.every((need) => need?.state === 'integrated')) {
    return task.state === 'queued' ? { do: 'run' } : { do: 'queue', task: task.id }
  }
  const lost = needs.find((need) => need?.state === 'failed' || need?.state === 'cancelled')
  if (task.state === 'blocked' && (lost !== undefined) === task.dependencyFailed) return undefined
  if (!lost) return { do: 'block', task: task.id }
  const message = `${lost.key} ${lost.state === 'failed' ? 'failed' : 'was cancelled'}`
  return { do: 'block', task: task.id, reason: { code: 'dependency_failed', message } }
}

/** Available agents for this kind of work: those that have not failed at it, else all of them again. */
function capableAgents(task: TaskView, agents: readonly AgentView[]): AgentView[] {
  const able = agents.filter((agent) => agent.available && agent.kinds.includes(task.kind))
  const fresh = able.filter((agent) => !task.failedAgents.includes(agent.id))
  return fresh.length > 0 ? fresh : able
}

/** The named agent if it can serve, else the least loaded, then the most successful; undefined while all are full. */
function chooseAgent(
  task: TaskView,
  capable: readonly AgentView[],
  load: ReadonlyMap<string, number>,
): string | undefined {
  const wanted = capable.filter((agent) => agent.id === task.wantedAgent)
  const pool = wanted.length > 0 ? wanted : capable
  const share = (agent: AgentView) => (load.get(agent.id) ?? 0) / agent.maxConcurrent
  const ranked = pool
    .filter((agent) => share(agent) < 1)
    .sort((a, b) => share(a) - share(b) || b.success - a.success || (a.id < b.id ? -1 : 1))
  return ranked[0]?.id
}

function standingOf(view: RouterView, decisions: Decision[], starved: boolean): Standing {
  const moves = decisions.some((decision) => decision.do !== 'block')
  // A run that waits for an answer works on nothing until somebody gives it.
  if (moves || view.tasks.some((task) => task.busy && !task.asks)) return 'working'
  // Queued tasks that only wait for a free place are work to come, not work for a human.
  const waitsForPlace = view.tasks.some(
    (task) =>
      task.state === 'queued' && !task.awaitsHuman && capableAgents(task, view.agents).length > 0,
  )
  if (waitsForPlace) return 'working'
  return starved ? 'no_agent' : 'waits_for_human'
}
