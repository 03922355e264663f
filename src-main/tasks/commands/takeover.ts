import type { Run } from '../../../src-shared/contract/index.ts'
import { fail, ok } from '../../base/index.ts'
import type { TaskRow } from '../../storage/index.ts'
import type { TaskDeps } from '../deps.ts'
import type { Engine } from '../engine.ts'
import { findTask, type WorkResult } from './find-task.ts'

/** Working with an agent by hand, in the same worktree and conversation, and giving it back. */
export interface Takeover {
  /** Stops the run and opens its conversation on a terminal of that size; the run that is opened. */
  takeOver(runId: string, size: { cols: number; rows: number }): Promise<WorkResult<Run>>
  /** Leaves the interactive run; the agent goes on by itself. */
  handBack(runId: string): Promise<WorkResult<TaskRow>>
}

export function createTakeover(deps: TaskDeps, engine: Engine): Takeover {
  const { read } = deps.events
  return {
    async takeOver(runId, size) {
      const live = findLive(deps, runId)
      if (!live.ok) return live
      const { run, task } = live.value
      if (run.cause === 'taken_over') return ok(run)
      if (!deps.agents.adapter(run.agent)?.planInteractive) {
        return fail('takeover_unsupported', `${run.agent} has no interactive form`)
      }
      const opened = await engine.takeOver(task.id, { agent: run.agent, size })
      return opened ? ok(opened) : fail('run_not_live', notOpened(read.tasks.get(task.id)))
    },

    async handBack(runId) {
      const live = findLive(deps, runId)
      if (!live.ok) return live
      const { run, task } = live.value
      if (run.cause !== 'taken_over') return fail('run_not_live', 'nobody took this run over')
      const handle = deps.runner.find(runId)
      handle?.leave()
      await handle?.done
      return findTask(read, task.id)
    },
  }
}

function findLive(deps: TaskDeps, runId: string): WorkResult<{ run: Run; task: TaskRow }> {
  const run = deps.events.read.runs.get(runId)
  if (!run) return fail('not_found', `there is no run ${runId}`)
  if (run.taskId === undefined) return fail('run_not_live', 'it makes a plan')
  const task = findTask(deps.events.read, run.taskId)
  if (!task.ok) return task
  if (run.state === 'ended') return fail('run_not_live', 'it has ended')
  return ok({ run, task: task.value })
}

const notOpened = (task: TaskRow | undefined): string =>
  task?.reason ? task.reason.message : `the task is ${task?.state ?? 'gone'} by now`
