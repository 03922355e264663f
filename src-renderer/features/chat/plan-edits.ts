import type { PlanTask } from '../../../src-shared/contract/index.ts'

type Tasks = readonly PlanTask[]

/** A task to be written, with a key that no other has. */
export function emptyTask(tasks: Tasks): PlanTask {
  const taken = new Set(tasks.map(({ id }) => id))
  let n = tasks.length + 1
  while (taken.has(`task-${n}`)) n += 1
  return { id: `task-${n}`, title: '', prompt: '', needs: [], files: [], kind: 'implement' }
}

export const withTask = (tasks: Tasks, index: number, task: PlanTask): PlanTask[] =>
  tasks.map((one, at) => (at === index ? task : one))

/** Nobody needs what is not there. */
export function withoutTask(tasks: Tasks, index: number): PlanTask[] {
  const gone = tasks[index]?.id
  return tasks
    .filter((_, at) => at !== index)
    .map((task) => ({ ...task, needs: task.needs.filter((need) => need !== gone) }))
}

/** Adds a need, or takes it away. */
export const toggleNeed = (task: PlanTask, need: string): PlanTask => ({
  ...task,
  needs: task.needs.includes(need)
    ? task.needs.filter((one) => one !== need)
    : [...task.needs, need],
})
