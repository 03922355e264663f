import { printableLine } from '../../base/index.ts'
import type { Tables } from '../../storage/index.ts'
import { createStopwatches } from './elapsed.ts'
import type { RunHealth } from './health-view.ts'

/** What the runner knows of a run whose process it started and did not see end. */
export interface RunSign {
  runId: string
  /** Its process is there, and neither stopped nor a zombie. */
  alive: boolean
  /** Grows with everything it prints. */
  output: number
}

// Enough of a title to know it by.
const TITLE_CHARS = 60

/** For how long runs have been silent or quiet. */
export interface RunWatch {
  /** `now` is time awake in milliseconds. */
  health(signs: readonly RunSign[], now: number): RunHealth[]
}

export function createRunWatch(deps: {
  read: Pick<Tables, 'runs' | 'tasks' | 'approvals'>
  agentName: (id: string) => string
}): RunWatch {
  const { read, agentName } = deps
  const life = createStopwatches()
  const output = createStopwatches()
  return {
    health(signs, now) {
      const asked = new Set(read.approvals.open().flatMap(({ runId, taskId }) => [runId, taskId]))
      const runIds = new Set(signs.map(({ runId }) => runId))
      life.keep(runIds)
      output.keep(runIds)
      return signs.flatMap((sign) => {
        const run = read.runs.get(sign.runId)
        if (!run) return []
        const { id, sessionId, taskId, agent, cause } = run
        const waits = asked.has(id) || (taskId !== undefined && asked.has(taskId))
        return {
          runId: id,
          sessionId,
          ...(taskId === undefined ? {} : { taskId }),
          agent,
          agentName: agentName(agent),
          title: titleOf(read, taskId),
          silentMs: life.elapsed(id, sign.alive ? now : 'silent', now),
          quietMs: output.elapsed(id, waits ? now : sign.output, now),
          attended: cause === 'taken_over',
        }
      })
    },
  }
}

function titleOf({ tasks }: Pick<Tables, 'tasks'>, taskId: string | undefined): string {
  const title = taskId === undefined ? undefined : tasks.get(taskId)?.title
  return title === undefined ? 'the plan' : printableLine(title, TITLE_CHARS)
}
