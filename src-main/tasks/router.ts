import type { Reason, TaskKind, TaskState } from '../../src-shared/contract/index.ts'
import { type Candidate, type Choice, choose, type Experience } from './choice.ts'

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
  /** Why it is not available, in words. */
  absence?: string
  /** Its last runs, newest first. */
  record: readonly Experience[]
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
  | { do: 'run'; task: string; agent: string; why: string }
  | { do: 'commit' | 'verify' | 'integrate'; task: string }

/** Where a session stands once the decisions are carried out. `absent` says who is missing, and why. */
export type Standing =
  | { kind: 'working' | 'waits_for_human' }
  | { kind: 'no_agent'; absent: string }

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
    const choice = chooseAgent(task, capable, load)
    if (choice === undefined || freeRuns <= 0) continue
    freeRuns -= 1
    load.set(choice.agent, (load.get(choice.agent) ?? 0) + 1)
    decisions.push({ do: 'run', task: task.id, ...choice })
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

/** The named agent if it can serve, else the best of those with a free place; undefined while all are full. */
function chooseAgent(
  task: TaskView,
  capable: readonly AgentView[],
  load: ReadonlyMap<string, number>,
): Choice | undefined {
  const candidate = ({ id, maxConcurrent, record }: AgentView): Candidate => ({
    id,
    share: (load.get(id) ?? 0) / maxConcurrent,
    record,
  })
  const wanted = capable.filter(({ id }) => id === task.wantedAgent)
  if (wanted.length === 0) return choose(capable.map(candidate), task.kind)
  const choice = choose(wanted.map(candidate), task.kind)
  return choice && { ...choice, why: 'it was asked for, or has the conversation' }
}

function standingOf(view: RouterView, decisions: Decision[], starved: boolean): Standing {
  const moves = decisions.some((decision) => decision.do !== 'block')
  // A run that waits for an answer works on nothing until somebody gives it.
  if (moves || view.tasks.some((task) => task.busy && !task.asks)) return { kind: 'working' }
  // Queued tasks that only wait for a free place are work to come, not work for a human.
  const waitsForPlace = view.tasks.some(
    (task) =>
      task.state === 'queued' && !task.awaitsHuman && capableAgents(task, view.agents).length > 0,
  )
  if (waitsForPlace) return { kind: 'working' }
  return starved ? { kind: 'no_agent', absent: absentText(view) } : { kind: 'waits_for_human' }
}

/** Every agent that cannot serve, with what stands against it. */
const absentText = ({ agents }: RouterView): string =>
  agents
    .map(
      ({ id, available, absence }) =>
        `${id}: ${available ? 'not for this work' : (absence ?? 'not available')}`,
    )
    .join('; ') || 'none is configured'
