import { once } from 'node:events'
import type { ErrorCode } from '../../../src-shared/contract/index.ts'
import { Disposables, type Failure } from '../../base/index.ts'
import { openHub } from '../client/event-hub.ts'
import { INTERRUPTED } from '../interruption.ts'
import { plural } from '../terminal/format.ts'
import { EXIT, explain } from './context.ts'
import { driveSession } from './drive-session.ts'
import type { LiveRun, SessionRequest, SessionRun } from './live-run.ts'

/** Opens, works, saves and reports; a Ctrl-C at any point stops the agents and keeps their work. */
export async function runSession(run: SessionRun, request: SessionRequest): Promise<number> {
  const { context, orchestrator } = run
  const hub = await openHub(orchestrator)
  if (!hub.ok) {
    explain(context.screen, hub.error)
    return EXIT.incomplete
  }
  const gone = new AbortController()
  let lost: Failure<ErrorCode> | undefined
  void orchestrator.lost.then((failure) => {
    lost = failure
    gone.abort()
  })
  const signal = AbortSignal.any([context.signal, gone.signal])
  const live: LiveRun = { ...run, hub: hub.value, signal, now: { isSaving: false } }
  try {
    const code = await untilGone(live, request)
    if (code !== undefined) return code
    return context.signal.aborted ? await interrupt(live) : sayLost(live, lost)
  } finally {
    hub.value.close()
  }
}

/** The exit code; nothing when nobody waits for the end any more. */
async function untilGone(live: LiveRun, request: SessionRequest): Promise<number | undefined> {
  const { signal, log } = live
  const shown = new Disposables()
  const work = driveSession(live, request, shown)
  const gone = signal.aborted ? undefined : once(signal, 'abort').then(() => undefined)
  const code = await Promise.race([work, gone]).finally(() => shown.close())
  // What was under way may still fail because of the interruption itself; nobody waits for it.
  if (code === undefined) {
    work.catch((error) => log.warn('work failed after the interruption', { error }))
  }
  return code
}

async function interrupt(live: LiveRun): Promise<number> {
  const { context, hub, now, orchestrator } = live
  const { screen } = context
  screen.note('Stopping the agents; once more stops at once.')
  let snapshots = 0
  const stop = hub.listen(({ type, sessionId }) => {
    if (type === 'snapshot.taken' && sessionId === now.sessionId) snapshots += 1
  })
  if (now.sessionId !== undefined && (await isUnderWay(live, now.sessionId))) {
    const suspended = await orchestrator.operations.suspendSession({ session: now.sessionId })
    // It came to its rest by itself meanwhile.
    if (!suspended.ok && suspended.error.code !== 'illegal_move') explain(screen, suspended.error)
    await hub.caughtUp()
  }
  stop()
  screen.note(
    `Interrupted. The agents were stopped, ${plural(snapshots, 'snapshot')} of their work taken.`,
  )
  screen.note('To go on, run the same command again.')
  return INTERRUPTED
}

/** A session at rest stays as it is, unless it is just being saved. */
async function isUnderWay({ orchestrator, now }: LiveRun, session: string): Promise<boolean> {
  if (now.isSaving) return true
  const found = await orchestrator.operations.getSession({ session })
  return found.ok && (found.value.state === 'active' || found.value.state === 'draft')
}

function sayLost({ context }: LiveRun, failure: Failure<ErrorCode> | undefined): number {
  const { screen } = context
  if (failure) explain(screen, failure)
  screen.note('The session was at work there; what it had done is kept.')
  screen.note('To go on, run the same command again.')
  return EXIT.incomplete
}
