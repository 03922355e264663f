/**
 * The ground everything stands on: results, ids, time, logging, ownership, queues, processes.
 * Imports nothing of ours, keeps no state of its own.
 */
export { type Clock, systemClock } from './clock.ts'
export { Disposables } from './dispose.ts'
export {
  type ApprovalId,
  newApprovalId,
  newProjectId,
  newRunId,
  newSessionId,
  newTaskId,
  type ProjectId,
  type RunId,
  type SessionId,
  type TaskId,
} from './ids.ts'
export { type JsonFault, parseJsonSource } from './json-source.ts'
export { createKeyedQueue, type KeyedQueue } from './keyed-queue.ts'
export {
  LAUNCHER_MISSING,
  LAUNCHER_SAYS,
  type Launch,
  launchLine,
  MARKER,
} from './launch.ts'
export { endMarked } from './leftovers.ts'
export { createLimiter, type Limiter } from './limiter.ts'
export { createLog, type Log, type LogFields, type LogLevel, silentLog } from './log.ts'
export { printable, printableLine } from './printable.ts'
export { type ProcessEnd, type ProcessRequest, runProcess } from './process.ts'
export { createRedactor, type Redactor, secretVariables } from './redactor.ts'
export {
  assertNever,
  type Err,
  type Failure,
  FailureError,
  fail,
  type Ok,
  ok,
  type Result,
} from './result.ts'
export { createTurns, type Turns } from './turns.ts'
