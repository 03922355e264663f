import type { Alert } from '../../../src-shared/contract/index.ts'
import type {
  AgentHealth,
  HealthView,
  QueueHealth,
  RunHealth,
  SessionHealth,
} from './health-view.ts'

/** What holds at a moment; it becomes an alert with the time at which it was found first. */
export type Finding = Omit<Alert, 'at'>

const SECOND = 1_000
const MINUTE = 60 * SECOND
const GIB = 1024 ** 3

/** From when on something is worth a person's look. */
export const thresholds = {
  // hazards of pty hosts: a beat is due every 5 s; one that is a little late is logged, two missed are an alert.
  lateBeatMs: 6 * SECOND,
  lostBeatMs: 11 * SECOND,
  // A model that thinks hard or a build without output takes minutes; nobody has seen one take ten without a
  // byte. It is a sixth of the time a run has by default, so there is time left to do something.
  quietMs: 10 * MINUTE,
  // Runs take minutes: who has waited for half an hour has seen no place become free, or many go by.
  waitMs: 30 * MINUTE,
  // So many rounds of runs of some minutes are an hour's work and more.
  waitingRounds: 10,
  // One or two conflicts are daily bread; three of five say that tasks of the plan step on one another.
  conflicts: 3,
  integrations: 5,
  // Once is a change of mind; twice within an hour, something is wrong that the checks do not see.
  rollbacks: 2,
  rollbacksWithinMs: 60 * MINUTE,
  // A worktree and its build of a middling project; of a large disk a share, since large projects live there.
  freeBytes: GIB,
  freeShare: 0.02,
  // What is cleared must stay so when some files come and go.
  freeAgain: 1.1,
} as const

/** Everything that a person should look at now. Pure: the same view gives the same findings. */
export function findAlerts(view: HealthView): Finding[] {
  return [
    ...ownLoop(view),
    ...view.runs.flatMap((run) => [...lostRun(run), ...stalledRun(run)]),
    ...backlog(view.queue, view.open),
    ...view.sessions.flatMap((session) => [...mergeFailures(session), ...rollbacks(session)]),
    ...lowDisk(view),
    ...view.agents.flatMap(signedOut),
  ]
}

function ownLoop({ beatMs }: HealthView): Finding[] {
  if (beatMs < thresholds.lostBeatMs) return []
  const message = `Thalogos itself did not react for ${inSeconds(beatMs)}. Nothing is lost. The machine may have too much to do; if it happens again, see the log.`
  return [{ id: 'heartbeat_lost:orchestrator', kind: 'heartbeat_lost', message }]
}

function lostRun(run: RunHealth): Finding[] {
  if (run.silentMs < thresholds.lostBeatMs) return []
  const message = `The process of ${run.agentName} for “${run.title}” has given no sign of life for ${inSeconds(run.silentMs)}: it is stopped, or gone. Nothing is ended by itself. Let it go on, or cancel it; its work is kept.`
  return [{ id: `heartbeat_lost:${run.runId}`, kind: 'heartbeat_lost', message, ...about(run) }]
}

function stalledRun(run: RunHealth): Finding[] {
  if (run.attended || run.quietMs < thresholds.quietMs) return []
  const message = `${run.agentName} has printed nothing for ${inMinutes(run.quietMs)} while it works on “${run.title}”. Look at its terminal; wait, or cancel it and try again: its work is kept.`
  return [{ id: `run_stalled:${run.runId}`, kind: 'run_stalled', message, ...about(run) }]
}

const about = ({ sessionId, taskId, runId, agent }: RunHealth) => ({
  sessionId,
  ...(taskId === undefined ? {} : { taskId }),
  runId,
  agent,
})

function backlog(
  { waiting, longestMs, places }: QueueHealth,
  open: ReadonlySet<string>,
): Finding[] {
  const id = 'queue_backlog'
  const rounds = open.has(id) ? thresholds.waitingRounds / 2 : thresholds.waitingRounds
  if (longestMs < thresholds.waitMs && waiting <= rounds * places) return []
  const message = `${count(waiting, 'task')} could run and wait for a free place, the first for ${inMinutes(longestMs)}. They will be done in turn. For more at once raise limits.concurrentRuns, or cancel what is not needed.`
  return [{ id, kind: 'queue_backlog', message }]
}

function mergeFailures({ id, goal, integrations }: SessionHealth): Finding[] {
  const last = integrations.slice(-thresholds.integrations)
  const conflicts = last.filter((outcome) => outcome === 'conflicted').length
  if (conflicts < thresholds.conflicts) return []
  const message = `${conflicts} of the last ${last.length} integrations of “${goal}” conflicted: its tasks change the same places. Both sides are kept. Retry the conflicted tasks one after the other, or let them need one another.`
  return [{ id: `merge_failures:${id}`, kind: 'merge_failures', message, sessionId: id }]
}

function rollbacks({ id, goal, rollbacks: ages }: SessionHealth): Finding[] {
  const recent = ages.filter((age) => age < thresholds.rollbacksWithinMs)
  if (recent.length < thresholds.rollbacks) return []
  const message = `“${goal}” was rolled back ${recent.length} times within an hour. Every state is kept. Find out what its checks do not see before more is saved.`
  return [{ id: `repeated_rollbacks:${id}`, kind: 'repeated_rollbacks', message, sessionId: id }]
}

function lowDisk({ disk, open }: HealthView): Finding[] {
  const id = 'disk_low'
  if (!disk) return []
  const needed = Math.max(thresholds.freeBytes, thresholds.freeShare * disk.total)
  if (disk.free >= (open.has(id) ? needed * thresholds.freeAgain : needed)) return []
  const message = `The disk of the data folder has ${inGib(disk.free)} left of ${inGib(disk.total)}. What is saved is safe, but work stops when it is full. Free some space.`
  return [{ id, kind: 'disk_low', message }]
}

function signedOut({ id, name, signedOut: isOut }: AgentHealth): Finding[] {
  if (!isOut) return []
  const message = `${name} could be used before and is not signed in any more. Its tasks wait or go to others. Sign in with its own command, or give it a key, then retry them.`
  return [{ id: `agent_signed_out:${id}`, kind: 'agent_signed_out', message, agent: id }]
}

const count = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`
const inSeconds = (ms: number): string => count(Math.floor(ms / SECOND), 'second')
const inMinutes = (ms: number): string => count(Math.floor(ms / MINUTE), 'minute')
const inGib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`
