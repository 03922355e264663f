import {
  addUsage,
  type Evidence,
  noUsage,
  type Run,
  type Session,
  type StoredEvent,
  type Task,
  type Usage,
} from '../../../src-shared/contract/index.ts'
import { changeSession } from './apply-session.ts'
import type { EventOf, Projection } from './projection.ts'

/** What happens to tasks and their runs. Pure. */
export function applyTask(state: Projection, event: StoredEvent): Projection {
  const { sessionId, taskId } = event
  if (sessionId === undefined) return state
  if (event.type === 'run.started' || event.type === 'run.ended') {
    return putRun(state, sessionId, event.data.run)
  }
  if (taskId === undefined) return state
  switch (event.type) {
    case 'task.created':
      return addTask(state, sessionId, event.data.task)
    case 'task.reviewed':
      return changeTask(state, { sessionId, taskId }, (task) => ({ ...task, ...event.data.task }))
    case 'task.state_changed':
      return moveTask(state, { sessionId, taskId }, event)
    case 'run.reported':
      return report(state, { sessionId, taskId }, event)
    case 'check.started':
      return { ...state, checking: { ...state.checking, [taskId]: event.data.check } }
    case 'evidence.recorded':
      return changeTask(doneChecking(state, taskId), { sessionId, taskId }, (task) => ({
        ...task,
        evidence: putEvidence(task.evidence, event.data.evidence),
      }))
    case 'conflict.found':
      return { ...state, conflicts: { ...state.conflicts, [taskId]: event.data } }
    default:
      return state
  }
}

interface Place {
  sessionId: string
  taskId: string
}

function changeTask(
  state: Projection,
  { sessionId, taskId }: Place,
  change: (task: Task) => Task,
): Projection {
  return changeSession(state, sessionId, (session) => ({
    ...session,
    tasks: session.tasks.map((task) => (task.id === taskId ? change(task) : task)),
  }))
}

function addTask(
  state: Projection,
  sessionId: string,
  row: Omit<Task, 'runs' | 'evidence'> | undefined,
): Projection {
  if (!row) return state
  return changeSession(state, sessionId, (session) => {
    if (session.tasks.some(({ id }) => id === row.id)) return session
    return { ...session, tasks: [...session.tasks, { ...row, runs: [], evidence: [] }] }
  })
}

function moveTask(
  state: Projection,
  place: Place,
  { at, data }: EventOf<'task.state_changed'>,
): Projection {
  const { from: _from, to, ...more } = data
  return changeTask(doneChecking(state, place.taskId), place, ({ reason: _before, ...task }) => ({
    ...task,
    ...more,
    state: to,
    updatedAt: at,
  }))
}

function report(state: Projection, place: Place, event: EventOf<'run.reported'>): Projection {
  const task = state.sessions[place.sessionId]?.tasks.find(({ id }) => id === place.taskId)
  const run = task?.runs.find(({ id }) => id === event.runId)
  if (!run) return state
  const { usage = run.usage, ...more } = event.data
  return putRun(state, place.sessionId, { ...run, ...more, usage })
}

/** Puts a run in the place of an earlier state of it; the session's usage moves by the difference. */
function putRun(state: Projection, sessionId: string, run: Run): Projection {
  if (run.taskId === undefined) {
    const runs = put(state.planning[sessionId] ?? [], run)
    return { ...state, planning: { ...state.planning, [sessionId]: runs } }
  }
  return changeSession(state, sessionId, (session) => {
    const task = session.tasks.find(({ id }) => id === run.taskId)
    if (!task) return session
    const before = task.runs.find(({ id }) => id === run.id)?.usage ?? noUsage
    const changed = { ...task, runs: put(task.runs, run) }
    return {
      ...session,
      usage: moved(session, before, run.usage),
      tasks: session.tasks.map((one) => (one === task ? changed : one)),
    }
  })
}

const put = (all: readonly Run[], one: Run): Run[] =>
  all.some(({ id }) => id === one.id)
    ? all.map((run) => (run.id === one.id ? one : run))
    : [...all, one]

function moved({ usage }: Session, before: Usage, now: Usage): Usage {
  const less = {
    inputTokens: -before.inputTokens,
    outputTokens: -before.outputTokens,
    costUsd: -before.costUsd,
  }
  return addUsage(addUsage(usage, now), less)
}

function doneChecking(state: Projection, taskId: string): Projection {
  if (state.checking[taskId] === undefined) return state
  const { [taskId]: _done, ...checking } = state.checking
  return { ...state, checking }
}

/** The newest of each check on each tree. */
const putEvidence = (all: readonly Evidence[], one: Evidence): Evidence[] => [
  ...all.filter(({ at, check, tree }) => at !== one.at || check !== one.check || tree !== one.tree),
  one,
]
