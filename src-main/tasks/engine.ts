import type { Agent, ErrorCode, Run } from '../../src-shared/contract/index.ts'
import { assertNever } from '../base/index.ts'
import { reasonOf, storageFailure } from '../storage/index.ts'
import { attemptTask } from './attempt.ts'
import { commitTask } from './commit-work.ts'
import type { TaskDeps } from './deps.ts'
import { integrateTask } from './integrate.ts'
import { type Decision, route } from './router.ts'
import type { StopReason } from './supervise.ts'
import { moveTask } from './task-moves.ts'
import { canMoveTask } from './transitions.ts'
import { verifyTask } from './verify/verify-task.ts'
import { viewOf } from './view.ts'

/** Drives the tasks of active sessions: looks, lets the router decide, carries out, looks again. */
export interface Engine {
  /** Looks at the session again, soon; cheap, may be called at any time. */
  wake(sessionId: string): void
  /** A place that became free may be what any session waits for. */
  wakeAll(): void
  /**
   * Ends the step under way on a task, if any, and runs `then` before the router sees the task again.
   * Resolves when both are done.
   */
  stop<T>(taskId: string, then: () => T | Promise<T>, why?: StopReason): Promise<T>
  /**
   * Ends the task's run and opens its conversation for a person. The run that was opened; undefined when the task
   * came to its end before it could be stopped, or nothing could be opened.
   */
  takeOver(
    taskId: string,
    how: { agent: string; size: { cols: number; rows: number } },
  ): Promise<Run | undefined>
  /** Stops every step of a session, or of all sessions; the tasks can go on from where they are. */
  interrupt(sessionId?: string): Promise<void>
  /** Whether a step is under way on the task. */
  isBusy(taskId: string): boolean
}

type StepDecision =
  | Exclude<Decision, { do: 'queue' | 'block' }>
  | { do: 'take_over'; task: string; agent: string; size: { cols: number; rows: number } }

interface Step {
  sessionId: string
  /** Set for runs that the router started, which are what the limits count. */
  agent?: string
  controller: AbortController
  done: Promise<void>
}

// A full disk is freed by a person: seconds do not matter, but the command that waits must end by itself.
const STORE_AGAIN_MS = 5_000

/** Failures that no agent and no retry can mend. */
const OUTSIDE: ReadonlySet<ErrorCode> = new Set([
  'disk_full',
  'data_folder_unusable',
  'data_damaged',
  'not_a_repository',
  'no_write_access',
])

export const createEngine = (deps: TaskDeps): Engine => new TaskEngine(deps)

class TaskEngine implements Engine {
  private readonly steps = new Map<string, Step>()
  // Sessions that are being looked at; `again` when something changed since that look began to read.
  private readonly looks = new Map<string, { again: boolean }>()
  // Tasks the router must not touch, whatever their rows say.
  private readonly stopping = new Set<string>()
  private readonly stuck = new Set<string>()
  private readonly deps: TaskDeps

  constructor(deps: TaskDeps) {
    this.deps = deps
  }

  wake(sessionId: string): void {
    const under = this.looks.get(sessionId)
    if (under) {
      under.again = true
      return
    }
    const look = { again: true }
    this.looks.set(sessionId, look)
    void this.lookOn(sessionId, look)
  }

  wakeAll(): void {
    for (const { id } of this.deps.events.read.sessions.active()) this.wake(id)
  }

  async stop<T>(
    taskId: string,
    then: () => T | Promise<T>,
    why: StopReason = 'cancelled',
  ): Promise<T> {
    this.stopping.add(taskId)
    try {
      await this.halt(taskId, why)
      return then()
    } finally {
      this.stopping.delete(taskId)
      this.wakeAll()
    }
  }

  takeOver(
    taskId: string,
    { agent, size }: { agent: string; size: { cols: number; rows: number } },
  ): Promise<Run | undefined> {
    const begin = () => {
      const task = this.deps.events.read.tasks.get(taskId)
      if (task?.state !== 'queued' || task.reason?.code !== 'taken_over') return undefined
      const opened = firstRun(this.deps, taskId)
      const done = this.begin(task.sessionId, { do: 'take_over', task: taskId, agent, size })
      return Promise.race([opened.run, done.then(() => undefined)]).finally(opened.stop)
    }
    return this.stop(taskId, begin, 'taken_over')
  }

  isBusy(taskId: string): boolean {
    return this.steps.has(taskId)
  }

  async interrupt(sessionId?: string): Promise<void> {
    const mine = [...this.steps].filter(([, step]) => !sessionId || step.sessionId === sessionId)
    await Promise.all(mine.map(([taskId]) => this.halt(taskId, 'interrupted')))
  }

  private async lookOn(sessionId: string, look: { again: boolean }): Promise<void> {
    while (look.again) {
      look.again = false
      try {
        const agents = await this.deps.agents.list()
        // What changed while it waited is what it is about to see.
        look.again = false
        this.look(sessionId, agents)
      } catch (error) {
        this.deps.log.error('look failed', { sessionId, error: String(error) })
      }
    }
    this.looks.delete(sessionId)
  }

  /** Nothing is awaited here: what the router saw is what is carried out. */
  private look(sessionId: string, agents: readonly Agent[]): void {
    const { deps, steps, stopping, stuck } = this
    const session = deps.events.read.sessions.get(sessionId)
    if (session?.state !== 'active') return
    for (;;) {
      const { decisions, standing } = route(
        viewOf(deps, { session, agents, steps, stopping, stuck }),
      )
      for (const decision of decisions) this.carryOut(session.id, decision)
      if (decisions.every((decision) => decision.do !== 'queue' && decision.do !== 'block')) {
        deps.sessions.stand(sessionId, standing)
        return
      }
    }
  }

  private carryOut(sessionId: string, decision: Decision): void {
    switch (decision.do) {
      case 'queue':
        moveTask(this.deps, decision.task, { to: 'queued' })
        return
      case 'block': {
        const reason = decision.reason ? { reason: decision.reason } : {}
        moveTask(this.deps, decision.task, { to: 'blocked', ...reason })
        return
      }
      case 'run':
      case 'commit':
      case 'verify':
      case 'integrate':
        void this.begin(sessionId, decision)
        return
      default:
        assertNever(decision)
    }
  }

  private begin(sessionId: string, decision: StepDecision): Promise<void> {
    const { task } = decision
    const controller = new AbortController()
    const done = perform(this.deps, decision, controller.signal)
      .catch((error: unknown) => this.giveUp({ sessionId, taskId: task }, error))
      .finally(() => {
        this.steps.delete(task)
        this.wakeAll()
      })
    const agent = decision.do === 'run' ? { agent: decision.agent } : {}
    this.steps.set(task, { sessionId, controller, done, ...agent })
    return done
  }

  private async halt(taskId: string, why: StopReason): Promise<void> {
    const step = this.steps.get(taskId)
    step?.controller.abort(why)
    await step?.done
  }

  /**
   * A step that threw. What lies outside of the work halts the session, and the task stays where it is; anything
   * else fails the task. What cannot even be stored is tried again until it can.
   */
  private giveUp(place: { sessionId: string; taskId: string }, error: unknown): void {
    const { events } = this.deps
    const { taskId } = place
    const log = this.deps.log.with(place)
    const reason = reasonOf(error)
    log.error('step failed', { error })
    try {
      const task = events.read.tasks.get(taskId)
      if (task && OUTSIDE.has(reason.code)) this.deps.sessions.halt(task.sessionId, reason)
      else if (task && canMoveTask(task.state, 'failed')) {
        moveTask(this.deps, taskId, { to: 'failed', reason })
      }
      this.stuck.delete(taskId)
    } catch (second) {
      log.error('failure not stored', { error: String(second) })
      this.stuck.add(taskId)
      // Anything but a full disk stays as it is: a closed database, a bug.
      if (storageFailure(second)?.code === 'disk_full') {
        setTimeout(() => this.giveUp(place, error), STORE_AGAIN_MS).unref()
      }
    }
  }
}

/** The next run of a task, from its event on. */
function firstRun({ events }: TaskDeps, taskId: string): { run: Promise<Run>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<Run>()
  const stop = events.subscribe((event) => {
    if (event.type === 'run.started' && event.taskId === taskId) resolve(event.data.run)
  })
  return { run: promise, stop }
}

/** Carries out one step on the task as it is stored now. */
async function perform(deps: TaskDeps, decision: StepDecision, signal: AbortSignal): Promise<void> {
  const task = deps.events.read.tasks.get(decision.task)
  const session = task && deps.events.read.sessions.get(task.sessionId)
  if (!task || !session) throw new Error(`task ${decision.task} is gone`)
  const place = { task, session, mirror: await deps.mirror(session.projectId) }
  switch (decision.do) {
    case 'run':
      return attemptTask(deps, { place, agent: decision.agent, why: decision.why, signal })
    case 'take_over':
      return attemptTask(deps, { place, agent: decision.agent, interactive: decision.size, signal })
    case 'commit':
      return commitTask(deps, place, signal)
    case 'verify':
      return verifyTask(deps, place, signal)
    case 'integrate':
      return integrateTask(deps, place, signal)
    default:
      return assertNever(decision)
  }
}
