import { createTaskCommands, insertTasks, type TaskCommands } from './commands.ts'
import type { TaskDeps } from './deps.ts'
import { createEngine, type Engine } from './engine.ts'
import { createIntegration, type Integration } from './integration.ts'
import { preparePlan, type ReadyPlan } from './plan.ts'
import { type PlanningRequest, type ProposedPlan, proposePlan } from './planner.ts'
import { moveTask, type Transaction } from './task-moves.ts'
import { isUnfinished } from './transitions.ts'

/** A plan that becomes the tasks of a session. `by` is `user`, an agent's id or `fallback`. */
export interface Adoption {
  sessionId: string
  plan: ReadyPlan
  by: string
  /** ISO 8601. */
  at: string
}

/** The tasks of all sessions: what users ask of them, and what the module does by itself. */
export interface Tasks extends TaskCommands, Pick<Engine, 'wake' | 'interrupt'> {
  /** The sessions' integration branches: the only way to move one but for git's own roll back. */
  integration: Integration
  /** Checks a plan; see `plan.ts`. */
  preparePlan: typeof preparePlan
  /** Has an agent split the goal. Ends with the goal as one task where no agent can. */
  proposePlan(request: PlanningRequest): Promise<ProposedPlan>
  /** Stores the plan's tasks and says so, within the caller's transaction. */
  adoptPlan(transaction: Transaction, adoption: Adoption): void
  /** Keys of the tasks that are still to come or to be decided. */
  unfinished(sessionId: string): string[]
  /** Puts tasks whose run was cut off back into the queue, to go on where they stopped; their keys. */
  requeueStranded(sessionId: string): string[]
}

export function createTasks(deps: TaskDeps): Tasks {
  const engine = createEngine(deps)
  const tasksOf = (sessionId: string) => deps.events.read.tasks.bySession(sessionId)
  return {
    ...createTaskCommands(deps, engine),
    wake: (sessionId) => engine.wake(sessionId),
    interrupt: (sessionId) => engine.interrupt(sessionId),
    integration: createIntegration(deps),
    preparePlan,
    proposePlan: (request) => proposePlan(deps, request),
    adoptPlan({ tables, emit }, { sessionId, plan, by, at }) {
      const actor = by === 'user' ? 'user' : 'orchestrator'
      emit({ type: 'plan.proposed', actor, sessionId, data: { plan, by } })
      for (const { id, key, title, needs } of insertTasks(tables, {
        sessionId,
        tasks: plan.tasks,
        at,
      })) {
        emit({ type: 'task.created', actor, sessionId, taskId: id, data: { key, title, needs } })
      }
    },
    unfinished: (sessionId) =>
      tasksOf(sessionId)
        .filter(({ state }) => isUnfinished(state))
        .map(({ key }) => key),
    requeueStranded(sessionId) {
      const stranded = tasksOf(sessionId).filter(
        ({ id, state }) => state === 'running' && !engine.isBusy(id),
      )
      const reason = { code: 'run_interrupted', message: 'Thalogos had ended' } as const
      for (const { id } of stranded) moveTask(deps, id, { to: 'queued', reason })
      return stranded.map(({ key }) => key)
    },
  }
}
