import type { Session } from '../../../src-shared/contract/index.ts'
import type { Disposables } from '../../base/index.ts'
import { INTERRUPTED } from '../interruption.ts'
import type { Outcome } from '../outcome.ts'
import { eventLine } from '../terminal/event-line.ts'
import { oneLine } from '../terminal/format.ts'
import {
  createJsonStream,
  createLiveProgress,
  createPlainProgress,
  type Progress,
} from '../terminal/progress.ts'
import { createAsker } from './approvals.ts'
import { EXIT, explain } from './context.ts'
import { finishSession } from './finish-session.ts'
import type { LiveRun, SessionRequest } from './live-run.ts'

/** From the request to the result; after `signal` nothing is shown or started any more. */
export async function driveSession(
  run: LiveRun,
  request: SessionRequest,
  shown: Disposables,
): Promise<number> {
  const { hub, json, now, orchestrator, signal } = run
  const { screen } = run.context
  const stream = json ? shown.own(createJsonStream(hub, screen)) : undefined
  const opened = await orchestrator.operations.createSession(request)
  if (signal.aborted) return INTERRUPTED
  if (!opened.ok) {
    explain(screen, opened.error)
    return EXIT.usage
  }
  const { resumed, ...session } = opened.value
  now.sessionId = session.id
  stream?.follow(session.id)
  if (!json) await sayBeginning(run, session, resumed)
  const progress = shown.own(stream ? silentProgress : openProgress(run, session))
  if (resumed) await retryWhatStopped(run, session)
  const started = await orchestrator.operations.startSession({ session: session.id })
  if (signal.aborted) return INTERRUPTED
  if (!started.ok) {
    progress.close()
    explain(screen, started.error)
    return EXIT.incomplete
  }
  const settled = await workUntilSettled(run, { session: session.id, progress, shown })
  if (signal.aborted) return INTERRUPTED
  await hub.caughtUp()
  progress.close()
  // It settled because it was stopped: that is told by the one who stopped it.
  if (signal.aborted) return INTERRUPTED
  if (!settled.ok) {
    explain(screen, settled.error)
    return EXIT.incomplete
  }
  const code = await finishSession(run, settled.value)
  // What the end itself brought about belongs to the stream, too.
  await hub.caughtUp()
  return code
}

/** What happened before there was a session to follow: above all, which changes stay out of it. */
async function sayBeginning(
  { context, orchestrator }: LiveRun,
  { id, target }: Session,
  resumed: boolean,
): Promise<void> {
  const { screen } = context
  screen.line(`${resumed ? 'going on with' : 'new'} session ${id} on ${oneLine(target)}`)
  if (resumed) return
  const past = await orchestrator.operations.timeline({ session: id, type: 'session.created' })
  for (const event of past.ok ? past.value : []) {
    const line = eventLine(event, () => undefined)
    if (line !== undefined) screen.line(line)
  }
}

/** The same command again means: go on. What stopped for good gets another chance. */
async function retryWhatStopped(
  { context, orchestrator }: LiveRun,
  session: Session,
): Promise<void> {
  for (const { id: task, state } of session.tasks) {
    if (state !== 'failed' && state !== 'conflicted') continue
    const retried = await orchestrator.operations.retryTask({ session: session.id, task })
    if (!retried.ok) explain(context.screen, retried.error)
  }
}

const silentProgress: Progress = {
  pause: () => undefined,
  resume: () => undefined,
  close: () => undefined,
}

function openProgress({ context, hub, orchestrator }: LiveRun, session: Session): Progress {
  const { screen } = context
  const make = screen.interactive ? createLiveProgress : createPlainProgress
  const read = async () => {
    const found = await orchestrator.operations.getSession({ session: session.id })
    return found.ok ? found.value : undefined
  }
  return make({ hub, session, read, screen })
}

async function workUntilSettled(
  run: LiveRun,
  at: { session: string; progress: Progress; shown: Disposables },
): Promise<Outcome<Session>> {
  const { context, json, signal } = run
  const { screen } = context
  if (json || !screen.interactive) return await settled(run, at.session)
  const asker = at.shown.own(createAsker({ ...run, screen, signal, ...at }))
  for (;;) {
    const session = await settled(run, at.session)
    // An answer sets work going again.
    if (!(await asker.idle()) || !session.ok) return session
  }
}

/** Resolves when the session is in a state in which it does nothing by itself. */
async function settled(
  { hub, orchestrator, signal }: LiveRun,
  session: string,
): Promise<Outcome<Session>> {
  for (;;) {
    const change = nextChange(hub, session)
    const found = await orchestrator.operations.getSession({ session })
    if (!found.ok || found.value.state !== 'active' || signal.aborted) {
      change.stop()
      return found
    }
    await change.happened
  }
}

function nextChange(hub: LiveRun['hub'], session: string) {
  const { promise: happened, resolve } = Promise.withResolvers<void>()
  const stop = hub.listen(({ type, sessionId }) => {
    if (type !== 'session.state_changed' || sessionId !== session) return
    stop()
    resolve()
  })
  return { happened, stop }
}
