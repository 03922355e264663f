import { once } from 'node:events'
import { resolve } from 'node:path'
import type { Checkpoint, PlanInput, Session } from '../../../src-shared/contract/index.ts'
import { Disposables, type Log } from '../../base/index.ts'
import type { SessionRequest } from '../../sessions/index.ts'
import { readPlan } from '../input-files.ts'
import { INTERRUPTED } from '../interruption.ts'
import type { Orchestrator } from '../orchestrator-port.ts'
import { eventLine } from '../terminal/event-line.ts'
import { oneLine, plural } from '../terminal/format.ts'
import {
  createJsonStream,
  createLiveProgress,
  createPlainProgress,
  type Progress,
} from '../terminal/progress.ts'
import { checkpointLines, goOnLine, resultLines } from '../terminal/result-view.ts'
import { isAllIntegrated } from '../terminal/task-words.ts'
import { createAsker } from './approvals.ts'
import { type CommandContext, EXIT, explain, withData } from './context.ts'

export interface RunOptions {
  repo: string
  goal: string
  plan?: string
  agents: string[]
  config?: string
  data?: string
  save: boolean
  allowUnchecked: boolean
  trust: boolean
  json: boolean
}

/** One session in the terminal; answers with the exit code. */
export async function runCommand(context: CommandContext, options: RunOptions): Promise<number> {
  let plan: PlanInput | undefined
  if (options.plan !== undefined) {
    const read = readPlan(options.plan)
    if (!read.ok) {
      explain(context.screen, read.error)
      return EXIT.usage
    }
    plan = read.value
  }
  const goal = options.goal === '-' ? await context.screen.input() : options.goal
  const request: SessionRequest = {
    repo: resolve(options.repo),
    goal,
    trust: options.trust,
    ...(plan ? { plan } : {}),
    ...(options.agents.length > 0 ? { agents: options.agents } : {}),
  }
  const code = await withData(context, options, (opened) =>
    runSession({ context, ...opened, ...options }, request),
  )
  return code ?? EXIT.usage
}

interface SessionRun {
  context: CommandContext
  orchestrator: Orchestrator
  log: Log
  save: boolean
  allowUnchecked: boolean
  json: boolean
  /** What follows a saved session, for the demo. */
  afterwards?(session: Session, checkpoint: Checkpoint | undefined): Promise<void>
}

/** Opens, works, saves and reports; a Ctrl-C at any point stops the agents and keeps their work. */
export async function runSession(run: SessionRun, request: SessionRequest): Promise<number> {
  const { context, orchestrator, log } = run
  const { signal } = context
  const shown = new Disposables()
  const work = driveSession(run, request, shown)
  const interrupted = signal.aborted ? undefined : once(signal, 'abort').then(() => undefined)
  const first = await Promise.race([work, interrupted]).finally(() => shown.close())
  if (first !== undefined) return first
  // What was under way may still fail because of the interruption itself; nobody waits for it.
  work.catch((error) => log.warn('work failed after the interruption', { error }))
  return interrupt(context, orchestrator)
}

async function driveSession(
  run: SessionRun,
  request: SessionRequest,
  shown: Disposables,
): Promise<number> {
  const { orchestrator, json } = run
  const { screen, signal } = run.context
  const stream = json ? shown.own(createJsonStream(orchestrator.events, screen)) : undefined
  const opened = await orchestrator.openSession(request)
  // From here on nothing is shown or started for one who has gone.
  if (signal.aborted) return INTERRUPTED
  if (!opened.ok) {
    explain(screen, opened.error)
    return EXIT.usage
  }
  const { session, resumed } = opened.value
  stream?.follow(session.id)
  if (!json)
    screen.line(
      `${resumed ? 'going on with' : 'new'} session ${session.id} on ${oneLine(session.target)}`,
    )
  if (!(json || resumed)) sayCreation(run, session)
  const progress = shown.own(stream ? silentProgress : openProgress(run, session.id))
  if (resumed) retryWhatStopped(run, session)
  const started = await orchestrator.start(session.id)
  if (signal.aborted) return INTERRUPTED
  if (!started.ok) {
    progress.close()
    explain(screen, started.error)
    return EXIT.incomplete
  }
  const settled = await workUntilSettled(run, { sessionId: session.id, progress, shown })
  progress.close()
  // It settled because it was stopped: that is told by the one who stopped it.
  return signal.aborted ? INTERRUPTED : finish(run, settled)
}

/** What was told before there was a session to follow: above all, which changes stay out of it. */
function sayCreation({ context, orchestrator }: SessionRun, session: Session): void {
  for (const event of orchestrator.events.since(0, { sessionId: session.id })) {
    const line = event.type === 'session.created' ? eventLine(event, () => undefined) : undefined
    if (line !== undefined) context.screen.line(line)
  }
}

/** The same command again means: go on. What stopped for good gets another chance. */
function retryWhatStopped({ context, orchestrator }: SessionRun, session: Session): void {
  for (const { id, state } of session.tasks) {
    if (state !== 'failed' && state !== 'conflicted') continue
    const retried = orchestrator.retry(id)
    if (!retried.ok) explain(context.screen, retried.error)
  }
}

const silentProgress: Progress = {
  pause: () => undefined,
  resume: () => undefined,
  close: () => undefined,
}

function openProgress({ context, orchestrator }: SessionRun, sessionId: string): Progress {
  const { screen } = context
  const make = screen.interactive ? createLiveProgress : createPlainProgress
  return make({
    events: orchestrator.events,
    session: () => orchestrator.session(sessionId),
    sessionId,
    screen,
  })
}

async function workUntilSettled(
  { context, orchestrator, json }: SessionRun,
  at: { sessionId: string; progress: Progress; shown: Disposables },
): Promise<Session> {
  const { screen, signal } = context
  if (json || !screen.interactive) return orchestrator.settled(at.sessionId)
  const asker = at.shown.own(createAsker({ orchestrator, screen, signal, ...at }))
  for (;;) {
    const session = await orchestrator.settled(at.sessionId)
    // An answer sets work going again.
    if (!(await asker.idle())) return session
  }
}

async function finish(run: SessionRun, session: Session): Promise<number> {
  const { context, orchestrator, json } = run
  const { screen } = context
  const complete = isAllIntegrated(session)
  const say = (lines: readonly string[]) => {
    if (!json) for (const line of lines) screen.line(line)
  }
  const approvals = orchestrator.approvals(session.id)
  say(resultLines(session, { approvals, columns: screen.columns() }, screen.paint))
  if (!complete) {
    if (run.save) say(['Not saved: Save waits until every task is integrated.'])
    say([goOnLine(session, false)])
    await run.afterwards?.(session, undefined)
    return EXIT.incomplete
  }
  const saved = run.save ? await save(run, session) : undefined
  if (run.save && !saved) return EXIT.refused
  if (saved) say(checkpointLines(session, saved, screen.paint))
  say([goOnLine(session, saved !== undefined)])
  await run.afterwards?.(session, saved)
  return EXIT.done
}

/** The checkpoint made; or the last one, when everything integrated is in it already. */
async function save(run: SessionRun, session: Session): Promise<Checkpoint | undefined> {
  const { context, orchestrator, allowUnchecked } = run
  const saved = await orchestrator.save(session.id, { allowUnchecked })
  if (saved.ok) return saved.value
  const { code } = saved.error
  const last = session.checkpoints.at(-1)
  if (code === 'save_nothing' && last && last.n > 0) return last
  explain(context.screen, saved.error)
  return code === 'save_unchecked' && !allowUnchecked && (await wantsUnchecked(run))
    ? await save({ ...run, allowUnchecked: true }, session)
    : undefined
}

/** Whether the person at the terminal saves all the same; without one, --allow-unchecked is the only yes. */
async function wantsUnchecked({ context, json }: SessionRun): Promise<boolean> {
  const { screen, signal } = context
  if (json || !screen.interactive) return false
  const answer = await screen.ask('Save it unchecked? [y]es, anything else leaves it: ', signal)
  return /^y(es)?$/i.test(answer.trim())
}

async function interrupt({ screen }: CommandContext, orchestrator: Orchestrator): Promise<number> {
  screen.note('Stopping the agents; once more stops at once.')
  const { snapshots } = await orchestrator.interrupt()
  screen.note(
    `Interrupted. The agents were stopped, ${plural(snapshots, 'snapshot')} of their work taken.`,
  )
  screen.note('To go on, run the same command again.')
  return INTERRUPTED
}
