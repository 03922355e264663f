import type { Reason, Run, SessionState } from '../../src-shared/contract/index.ts'
import type { Remains } from '../agents/index.ts'
import { finishJournal } from './checkpoints/journal.ts'
import type { SessionDeps } from './deps.ts'
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
  const unended = deps.events.read.runs.unended()
  const remains = await deps.runs.recover(unended.map(({ id }) => id))
  const byRun = new Map(remains.map((one) => [one.runId, one]))
  for (const run of unended) {
    closeInterrupted(deps, run, byRun.get(run.id))
    if (run.taskId) await keepWork(deps, run, run.taskId)
  }
  for (const { id, state } of deps.events.read.sessions.list({})) settle(deps, id, state)
}

/** A session that was being suspended when it was killed is so already; its tasks may not know it yet. */
function settle(deps: SessionDeps, sessionId: string, state: SessionState): void {
  const found = deps.tasks.requeueStranded(sessionId)
  if (state !== 'active' && found.length === 0) return
  if (state === 'active') moveSession(deps, sessionId, { to: 'suspended', reason: STOPPED })
  deps.events.commit((_tables, emit) =>
    emit({ type: 'session.recovered', actor: 'orchestrator', sessionId, data: { found } }),
  )
}

function closeInterrupted(deps: SessionDeps, run: Run, remains: Remains | undefined): void {
  const leftovers = remains?.leftovers ?? 0
  const { id: runId, sessionId, taskId } = run
  deps.log.warn('a run had been interrupted', { sessionId, taskId, runId, leftovers })
  const closing = {
    state: 'ended',
    outcome: 'interrupted',
    endedAt: deps.clock.now(),
    ...(remains ? { raw: remains.raw, transcript: remains.transcript } : {}),
  } as const
  deps.events.commit((tables, emit) => {
    deps.tasks.withdrawQuestions({ tables, emit }, run)
    tables.runs.update(run.id, closing)
    emit({
      type: 'run.ended',
      actor: 'orchestrator',
      sessionId: run.sessionId,
      ...(run.taskId ? { taskId: run.taskId } : {}),
      runId: run.id,
      data: { outcome: 'interrupted', run: { ...run, ...closing }, leftovers },
    })
  })
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
    const { id: runId, sessionId } = run
    deps.log.error('snapshot at start failed', { sessionId, taskId, runId, error: String(error) })
  }
}
