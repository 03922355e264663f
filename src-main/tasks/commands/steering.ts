import type { Comment, Message, PlanTask, Task } from '../../../src-shared/contract/index.ts'
import { fail, ok, printableLine } from '../../base/index.ts'
import type { TaskRow } from '../../storage/index.ts'
import type { TaskDeps } from '../deps.ts'
import type { Engine } from '../engine.ts'
import { firstFreeKey } from '../plan.ts'
import type { Transaction } from '../task-moves.ts'
import { isRetryable } from '../transitions.ts'
import { findSession, findTask, type WorkResult } from './find-task.ts'
import { insertTasks } from './insert-tasks.ts'
import { postMessage } from './task-message.ts'

export type Review = Omit<NonNullable<Task['review']>, 'at'>

/** How a user steers work that is under way or done. */
export interface Steering {
  /** One more task; the session goes on with it. */
  delegate(
    sessionId: string,
    task: Omit<PlanTask, 'id'>,
    agents: ReadonlySet<string>,
  ): WorkResult<TaskRow>
  /** A word to the task's agent, with its next run; `now` stops the run under way, which then goes on with it. */
  tell(taskId: string, message: { text: string; now: boolean }): Promise<WorkResult<Message>>
  /** A word to every agent of the session that starts from now on. */
  tellAll(sessionId: string, text: string): WorkResult<Message>
  /** What a human says of finished work; the task that goes on with it when it is sent back. */
  review(taskId: string, review: Review): WorkResult<TaskRow>
}

export function createSteering(
  deps: TaskDeps,
  engine: Engine,
  retry: (taskId: string, note: string) => WorkResult<TaskRow>,
): Steering {
  const { read } = deps.events
  const add = (sessionId: string, task: Omit<PlanTask, 'id'>, more?: Also): TaskRow => {
    const row = addTask(deps, { sessionId, task, ...(more ? { also: more } : {}) })
    deps.sessions.reopen(sessionId)
    engine.wake(sessionId)
    return row
  }
  return {
    delegate(sessionId, task, agents) {
      const session = findSession(read, sessionId)
      if (!session.ok) return session
      if (session.value.state === 'draft') {
        return fail('illegal_move', 'a draft has no tasks yet: change its plan instead')
      }
      const fault = faultOf(deps, { sessionId, task, agents })
      return fault ?? ok(add(sessionId, task))
    },

    async tell(taskId, { text, now }) {
      const found = findTask(read, taskId)
      if (!found.ok) return found
      const { sessionId, state } = found.value
      if (state === 'integrated' || state === 'cancelled') {
        return fail('illegal_move', `no agent works on a task that is ${state} any more`)
      }
      const at = deps.clock.now()
      const message = deps.events.commit((tables, emit) =>
        postMessage({ tables, emit }, { sessionId, taskId, text, at }),
      )
      if (now && state === 'running') await engine.stop(taskId, () => undefined, 'interrupted')
      return ok(message)
    },

    tellAll(sessionId, text) {
      const session = findSession(read, sessionId)
      if (!session.ok) return session
      const at = deps.clock.now()
      return ok(
        deps.events.commit((tables, emit) =>
          postMessage({ tables, emit }, { sessionId, text, at }),
        ),
      )
    },

    review(taskId, review) {
      const found = findTask(read, taskId)
      if (!found.ok) return found
      const task = found.value
      if (review.decision === 'approve') return approve(deps, task, review)
      if (review.comments.length === 0) {
        return fail('request_invalid', 'work is sent back with at least one comment')
      }
      if (isRetryable(task.state)) {
        const again = retry(taskId, commentsText(review.comments))
        return again.ok ? ok(recordReview(deps, again.value, review)) : again
      }
      if (task.state !== 'integrated') return notReviewable(task)
      return ok(
        add(task.sessionId, revisionOf(task, review.comments), (transaction, at) => {
          keepReview(transaction, task, { ...review, at })
        }),
      )
    },
  }
}

const notReviewable = ({ state }: TaskRow) =>
  fail('illegal_move', `a task that is ${state} cannot be reviewed yet`)

function faultOf(
  deps: TaskDeps,
  given: { sessionId: string; task: Omit<PlanTask, 'id'>; agents: ReadonlySet<string> },
): WorkResult<never> | undefined {
  const keys = new Set(deps.events.read.tasks.bySession(given.sessionId).map(({ key }) => key))
  const { needs, agent } = given.task
  const need = needs.find((key) => !keys.has(key))
  if (need !== undefined) {
    return fail('plan_unknown_need', `the session has no task ${need}`, { details: { need } })
  }
  if (agent !== undefined && !given.agents.has(agent)) {
    const message = `${agent} is not one of: ${[...given.agents].join(', ')}`
    return fail('agent_unknown', message, { details: { agent } })
  }
  return undefined
}

/** What is stored together with a new task. */
type Also = (transaction: Transaction, at: string) => void

function addTask(
  deps: TaskDeps,
  { sessionId, task, also }: { sessionId: string; task: Omit<PlanTask, 'id'>; also?: Also },
): TaskRow {
  const at = deps.clock.now()
  return deps.events.commit((tables, emit) => {
    also?.({ tables, emit }, at)
    const id = firstFreeKey(new Set(tables.tasks.bySession(sessionId).map(({ key }) => key)))
    const [row] = insertTasks({ tables, emit }, { sessionId, tasks: [{ ...task, id }], at })
    if (!row) throw new Error('no task was stored')
    return row
  })
}

function approve(deps: TaskDeps, task: TaskRow, review: Review): WorkResult<TaskRow> {
  return task.state === 'integrated' ? ok(recordReview(deps, task, review)) : notReviewable(task)
}

function recordReview(deps: TaskDeps, task: TaskRow, review: Review): TaskRow {
  const at = deps.clock.now()
  return deps.events.commit((tables, emit) => keepReview({ tables, emit }, task, { ...review, at }))
}

function keepReview(
  { tables, emit }: Transaction,
  task: TaskRow,
  review: NonNullable<Task['review']>,
): TaskRow {
  tables.tasks.update(task.id, { review, updatedAt: review.at })
  const reviewed: TaskRow = { ...task, review, updatedAt: review.at }
  emit({
    type: 'task.reviewed',
    actor: 'user',
    sessionId: task.sessionId,
    taskId: task.id,
    data: { task: reviewed },
  })
  return reviewed
}

// A title is one line on a card; the plan allows this much.
const MAX_TITLE = 300

/** The task that mends what a human found in integrated work. */
const revisionOf = (task: TaskRow, comments: readonly Comment[]): Omit<PlanTask, 'id'> => ({
  title: printableLine(`Revise: ${task.title}`, MAX_TITLE),
  prompt: `The task "${task.title}" was done and integrated. A person has reviewed it and asks for changes:\n\n${commentsText(comments)}\n\nThe task was:\n${task.prompt}`,
  ...(task.agent ? { agent: task.agent } : {}),
  needs: [task.key],
  files: task.files,
  kind: 'fix',
})

/** Comments as an agent reads them, each with its place. */
const commentsText = (comments: readonly Comment[]): string =>
  comments
    .map(({ path, line, text }) => {
      const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}: `
      return `- ${place}${text}`
    })
    .join('\n')
