import type {
  Checkpoint,
  ErrorCode,
  SavePreview,
  Session,
  SessionCommit,
} from '../../src-shared/contract/index.ts'
import { type Failure, fail, ok, type Result } from '../base/index.ts'
import { reasonOf } from '../storage/index.ts'
import { type RollbackRequest, rollBack } from './checkpoints/rollback.ts'
import { type SaveRequest, save } from './checkpoints/save.ts'
import { previewSave } from './checkpoints/save-preview.ts'
import { createSaves } from './checkpoints/saves.ts'
import { openSession, type SessionRequest } from './create.ts'
import type { SessionDeps } from './deps.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { sessionLineage } from './lineage.ts'
import { recover } from './recovery.ts'
import { viewSession } from './session-view.ts'

type Outcome<T> = Result<T, Failure<ErrorCode>>

/** Sessions as their users know them: opened, started, saved, rolled back, finalized. */
export interface Sessions extends Lifecycle {
  /** Finds the unfinished session of the same request, or creates a draft. */
  open(request: SessionRequest): Promise<Outcome<{ session: Session; resumed: boolean }>>
  save(request: SaveRequest): Promise<Outcome<Checkpoint>>
  rollBack(request: RollbackRequest): Promise<Outcome<Checkpoint>>
  /** What Save would do now, and why it would refuse; changes nothing. */
  preview(sessionId: string): Promise<Outcome<SavePreview>>
  get(sessionId: string): Session | undefined
  list(): Session[]
  /** The commits the session added, newest first; empty for one that does not exist. */
  lineage(sessionId: string): Promise<SessionCommit[]>
  /** Puts in order what a killed orchestrator left; once, before anything is started. */
  recover(): Promise<void>
  /** Stops planning, agents and checks of every session, and waits until none of them changes anything. */
  interrupt(): Promise<void>
  /** The same for good: nothing is started or saved afterwards. */
  close(): Promise<void>
}

export function createSessions(deps: SessionDeps): Sessions {
  const { read } = deps.events
  const lifecycle = createLifecycle(deps)
  const saves = createSaves()
  let isClosing = false
  const interrupt = async () => {
    saves.abort()
    await lifecycle.interrupt()
    await Promise.all([deps.integration.idle(), deps.checkouts.idle()])
  }

  // A full disk or a git that failed is told to the user like any other failure; what it was stands in the log.
  const guarded = async <T>(
    about: { deed: string; sessionId?: string },
    work: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    if (isClosing) return fail('interrupted', 'Thalogos is closing')
    try {
      return await work()
    } catch (error) {
      deps.log.error('failed', { ...about, error })
      const { code, message } = reasonOf(error)
      return fail(code, message, { cause: error })
    }
  }

  return {
    ...lifecycle,
    interrupt,
    async close() {
      isClosing = true
      await interrupt()
    },
    open: (request) =>
      guarded({ deed: 'open' }, async () => {
        const opened = await openSession(deps, request)
        if (!opened.ok) return opened
        const { session, resumed } = opened.value
        return ok({ session: viewSession(read, session), resumed })
      }),
    start: (sessionId) => guarded({ deed: 'start', sessionId }, () => lifecycle.start(sessionId)),
    async suspend(sessionId, reason) {
      const stopped = await saves.stop(sessionId)
      const session = read.sessions.get(sessionId)
      // Of one that rested while it was saved nothing else is under way.
      if (stopped && session && session.state !== 'active') return ok(session)
      return await lifecycle.suspend(sessionId, reason)
    },
    save: (request) =>
      guarded({ deed: 'save', sessionId: request.sessionId }, () =>
        saves.run(request.sessionId, async (signal) => {
          const saved = await save(deps, request, signal)
          if (saved.ok && request.finalize) lifecycle.finalize(request.sessionId)
          return saved
        }),
      ),
    rollBack: (request) =>
      guarded({ deed: 'roll back', sessionId: request.sessionId }, () => rollBack(deps, request)),
    preview: (sessionId) =>
      guarded({ deed: 'preview', sessionId }, () => previewSave(deps, sessionId)),
    get(sessionId) {
      const row = read.sessions.get(sessionId)
      return row && viewSession(read, row)
    },
    list: () => read.sessions.list({}).map((row) => viewSession(read, row)),
    lineage: (sessionId) => sessionLineage(deps, sessionId),
    recover: () => recover(deps),
  }
}
