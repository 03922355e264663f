import type { Reason, Run } from '../../src-shared/contract/index.ts'
import { endMarked } from '../base/index.ts'
import type { SessionDeps } from './deps.ts'
import { finishJournal } from './journal.ts'
import { moveSession } from './session-moves.ts'

const STOPPED: Reason = {
  code: 'interrupted',
  message: 'Thalogos ended while the session was active',
}

/**
 * Brings what a killed orchestrator left to a state from which everything can go on: its processes are ended,
 * a Save under way is finished or undone, runs are closed, tasks queued again, sessions suspended.
 * Does nothing to what is in order; may be run any number of times.
 */
export async function recover(deps: SessionDeps): Promise<void> {
  await finishJournal(deps)
  for (const run of deps.events.read.runs.unended()) await closeInterrupted(deps, run)
  for (const session of deps.events.read.sessions.list({})) {
    if (session.state !== 'active') continue
    const found = deps.tasks.requeueStranded(session.id)
    moveSession(deps, session.id, { to: 'suspended', reason: STOPPED })
    deps.events.commit((_tables, emit) =>
      emit({
        type: 'session.recovered',
        actor: 'orchestrator',
        sessionId: session.id,
        data: { found },
      }),
    )
  }
}

async function closeInterrupted(deps: SessionDeps, run: Run): Promise<void> {
  const { ended, left } = await endMarked(run.id)
  deps.log.warn('a run had been interrupted', { runId: run.id, ended, left })
  const endedAt = deps.clock.now()
  deps.events.commit((tables, emit) => {
    const closing = { state: 'ended', outcome: 'interrupted', endedAt } as const
    tables.runs.update(run.id, closing)
    emit({
      type: 'run.ended',
      actor: 'orchestrator',
      sessionId: run.sessionId,
      ...(run.taskId ? { taskId: run.taskId } : {}),
      runId: run.id,
      data: { outcome: 'interrupted', run: { ...run, ...closing }, leftovers: ended },
    })
  })
  if (run.taskId) await keepWork(deps, run, run.taskId)
}

async function keepWork(deps: SessionDeps, run: Run, taskId: string): Promise<void> {
  const { read } = deps.events
  const task = read.tasks.get(taskId)
  const session = read.sessions.get(run.sessionId)
  if (!task || !session) return
  try {
    const place = { task, session, mirror: await deps.projects.mirror(session.projectId) }
    await deps.workspaces.snapshot(place, { runId: run.id, cause: 'interrupted' })
  } catch (error) {
    // The worktree itself is still there; a repository that was moved must not keep the app from starting.
    deps.log.error('snapshot at start failed', { taskId, error: String(error) })
  }
}
