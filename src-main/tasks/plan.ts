import {
  type InputErrorCode,
  type Plan,
  type PlanTask,
  planSchema,
} from '../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../base/index.ts'

/** A plan whose tasks all have a key, whose needs exist, and whose agents are known. */
export type ReadyTask = Omit<PlanTask, 'id'> & { id: string }
export interface ReadyPlan {
  tasks: ReadyTask[]
}

type PlanResult<T> = Result<T, Failure<InputErrorCode>>

/**
 * Checks a plan as it came from a file, a user or an agent. `agents` are the ids that may be named.
 * The first fault is reported, with the ids concerned in `details`.
 */
export function preparePlan(input: unknown, agents: ReadonlySet<string>): PlanResult<ReadyPlan> {
  const parsed = planSchema.safeParse(input)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const path = issue?.path.map(String).join('.') ?? ''
    return fail('plan_invalid', `${path || 'plan'}: ${issue?.message ?? 'not a plan'}`, {
      details: { path },
    })
  }
  const tasks = withKeys(parsed.data)
  return (
    findDuplicate(tasks) ??
    findUnknownNeed(tasks) ??
    findCycle(tasks) ??
    findStranger(tasks, agents) ??
    ok({ tasks })
  )
}

/** A task without an id gets the first free `t<n>`, so that its key is short on screen. */
export function withKeys(plan: Plan): ReadyTask[] {
  const taken = new Set(plan.tasks.flatMap((task) => task.id ?? []))
  return plan.tasks.map((task) => {
    const id = task.id ?? firstFreeKey(taken)
    taken.add(id)
    return { ...task, id }
  })
}

/** The first `t<n>` that is not taken. */
export function firstFreeKey(taken: ReadonlySet<string>): string {
  let n = 1
  while (taken.has(`t${n}`)) n += 1
  return `t${n}`
}

function findDuplicate(tasks: ReadyTask[]): PlanResult<never> | undefined {
  const seen = new Set<string>()
  for (const { id } of tasks) {
    if (seen.has(id))
      return fail('plan_duplicate', `two tasks are called ${id}`, { details: { id } })
    seen.add(id)
  }
  return undefined
}

function findUnknownNeed(tasks: ReadyTask[]): PlanResult<never> | undefined {
  const known = new Set(tasks.map((task) => task.id))
  for (const { id, needs } of tasks) {
    const need = needs.find((key) => !known.has(key))
    if (need !== undefined) {
      return fail('plan_unknown_need', `${id} needs ${need}, which the plan does not have`, {
        details: { id, need },
      })
    }
  }
  return undefined
}

/** Kahn's algorithm: what is left when nothing more can be taken away is, or hangs on, a cycle. */
function findCycle(tasks: ReadyTask[]): PlanResult<never> | undefined {
  const open = new Map(tasks.map((task) => [task.id, new Set(task.needs)]))
  for (;;) {
    const free = [...open].filter(([, needs]) => needs.size === 0).map(([id]) => id)
    if (free.length === 0) break
    for (const id of free) open.delete(id)
    for (const needs of open.values()) for (const id of free) needs.delete(id)
  }
  if (open.size === 0) return undefined
  const cycle = walkCycle(open)
  return fail('plan_cycle', `tasks need each other in a circle: ${cycle.join(' → ')}`, {
    details: { cycle },
  })
}

/** Follows needs from any task that is left until one comes up again. */
function walkCycle(open: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const path: string[] = []
  let at = [...open.keys()][0]
  while (at !== undefined && !path.includes(at)) {
    path.push(at)
    at = [...(open.get(at) ?? [])][0]
  }
  return at === undefined ? path : [...path.slice(path.indexOf(at)), at]
}

function findStranger(
  tasks: ReadyTask[],
  agents: ReadonlySet<string>,
): PlanResult<never> | undefined {
  for (const { id, agent } of tasks) {
    if (agent !== undefined && !agents.has(agent)) {
      return fail(
        'agent_unknown',
        `${id} names the agent ${agent}, which is not one of: ${[...agents].join(', ')}`,
        {
          details: { id, agent },
        },
      )
    }
  }
  return undefined
}
