import type { Runner } from '../../agents/index.ts'
import type { GatewayRuns } from '../../gateway/index.ts'
import type { Tasks } from '../../tasks/index.ts'

/** Puts what agents ask through our tools to a person. The time limit of a run stands still while any of it waits. */
export function createRunQuestions({
  tasks,
  runner,
}: {
  tasks: Pick<Tasks, 'ask'>
  runner: Pick<Runner, 'find'>
}): GatewayRuns['ask'] {
  const waiting = new Map<string, number>()
  const wait = (runId: string, step: 1 | -1) => {
    const count = (waiting.get(runId) ?? 0) + step
    if (count === 0) waiting.delete(runId)
    else waiting.set(runId, count)
    runner.find(runId)?.hold(count > 0)
  }
  return async (runId, { tool, subject, why }, signal) => {
    wait(runId, 1)
    try {
      const question = { tool, subject, ...(why === undefined ? {} : { why }) }
      const answer = await tasks.ask(runId, question, signal)
      return answer.ok ? answer.value : { decision: 'deny', note: answer.error.message }
    } finally {
      wait(runId, -1)
    }
  }
}
