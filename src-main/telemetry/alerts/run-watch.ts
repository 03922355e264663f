import { printableLine } from '../../base/index.ts'
import type { Tables } from '../../storage/index.ts'
import { createStopwatches } from './elapsed.ts'
import type { RunHealth } from './health-view.ts'

/** What the runner knows of a run that is under way. */
export interface RunSign {
  runId: string
  /** Undefined while it has no process yet. */
  pid?: number | undefined
  /** Its process has ended, and what is left of it is put in order. */
  gone: boolean
  /** A person has to answer it. */
  waits: boolean
  /** Changes with everything it prints. */
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
  isAble: (pid: number) => boolean
}): RunWatch {
  const { read, agentName, isAble } = deps
  const life = createStopwatches()
  const output = createStopwatches()
  return {
    health(signs, now) {
      const asked = askedOf(read)
      const runIds = new Set(signs.map(({ runId }) => runId))
      life.keep(runIds)
      output.keep(runIds)
      return signs.flatMap((sign) => {
        const run = read.runs.get(sign.runId)
        if (!run) return []
        const { id, sessionId, taskId, agent, cause } = run
        const lives = !sign.gone && (sign.pid === undefined || isAble(sign.pid))
        // Also of what was asked about the task before: nobody expects output from it.
        const waits = sign.waits || [id, taskId].some((one) => asked.has(one))
        return {
          runId: id,
          sessionId,
          ...(taskId === undefined ? {} : { taskId }),
          agent,
          agentName: agentName(agent),
          title: titleOf(read, taskId),
          silentMs: life.elapsed(id, lives ? now : 'silent', now),
          quietMs: output.elapsed(id, waits ? now : sign.output, now),
          attended: cause === 'taken_over',
        }
      })
    },
  }
}

/** Runs and tasks of which something is asked. */
const askedOf = ({ approvals }: Pick<Tables, 'approvals'>): ReadonlySet<string | undefined> => {
  const ids = approvals.open().flatMap(({ runId, taskId }) => [runId, taskId])
  return new Set(ids.filter((id) => id !== undefined))
}

function titleOf({ tasks }: Pick<Tables, 'tasks'>, taskId: string | undefined): string {
  const title = taskId === undefined ? undefined : tasks.get(taskId)?.title
  return title === undefined ? 'the plan' : printableLine(title, TITLE_CHARS)
}
