import type { Approval, Plan, Run } from '../../src-shared/contract/index.ts'
import { insertTasks } from './commands/insert-tasks.ts'
import { putApproval, withdrawApprovals } from './commands/questions.ts'
import { createTaskCommands, type TaskCommands } from './commands/task-commands.ts'
import type { TaskDeps } from './deps.ts'
import { createEngine, type Engine } from './engine.ts'
import { createIntegration, type Integration } from './integration.ts'
import { createPermissions, type Permissions } from './permissions.ts'
import { preparePlan, withKeys } from './plan.ts'
import { type PlanningRequest, type ProposedPlan, proposePlan } from './planner.ts'
import { moveTask, type Transaction } from './task-moves.ts'
import { isUnfinished } from './transitions.ts'

/** A plan that becomes the tasks of a session. */
export interface Adoption {
  sessionId: string
  plan: Plan
  /** ISO 8601. */
  at: string
}

/** The tasks of all sessions: what users ask of them, and what the module does by itself. */
export interface Tasks extends TaskCommands, Permissions, Pick<Engine, 'wake' | 'interrupt'> {
  /** The sessions' integration branches: the only way to move one but for git's own roll back. */
  integration: Integration
  /** Checks a plan; see `plan.ts`. */
  preparePlan: typeof preparePlan
  /** Has an agent split the goal. Ends with the goal as one task where no agent can. */
  proposePlan(request: PlanningRequest): Promise<ProposedPlan>
  /** Stores the plan's tasks and says so, within the caller's transaction. */
  adoptPlan(transaction: Transaction, adoption: Adoption): void
  /** Stores a question to the user and says so, within the caller's transaction. */
  putQuestion(transaction: Transaction, approval: Approval): void
  /** What a run has asked and nobody answered needs no answer any more; within the caller's transaction. */
  withdrawQuestions(transaction: Transaction, run: Pick<Run, 'id' | 'sessionId'>): void
  /** Keys of the tasks that are still to come or to be decided. */
  unfinished(sessionId: string): string[]
  /** Puts tasks whose run was cut off back into the queue, to go on where they stopped; their keys. */
  requeueStranded(sessionId: string): string[]
}

export function createTasks(given: Omit<TaskDeps, 'permissions'>): Tasks {
  const permissions = createPermissions({ ...given, waits: () => engine.wakeAll() })
  const deps: TaskDeps = { ...given, permissions }
  const engine = createEngine(deps)
  const tasksOf = (sessionId: string) => deps.events.read.tasks.bySession(sessionId)
  return {
    ...createTaskCommands(deps, engine),
    ...permissions,
    wake: (sessionId) => engine.wake(sessionId),
    interrupt: (sessionId) => engine.interrupt(sessionId),
    integration: createIntegration(deps),
    preparePlan,
    proposePlan: (request) => proposePlan(deps, request),
    adoptPlan: (transaction, { sessionId, plan, at }) =>
      void insertTasks(transaction, { sessionId, tasks: withKeys(plan), at }),
    putQuestion: putApproval,
    withdrawQuestions: (transaction, { id, sessionId }) =>
      withdrawApprovals(transaction, sessionId, ({ runId }) => runId === id),
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
