import type { Reason } from '../../../src-shared/contract/index.ts'
import type { Events } from '../../events/index.ts'
import type { Artifacts, SessionRow } from '../../storage/index.ts'
import type { CommandRunner } from './command.ts'

const NOTHING = { copy: [], setup: undefined, setupTimeoutSeconds: 0 }

/** How a folder is prepared. What the repository asks for counts only once the user trusted it. */
export const trustedWorktree = (session: SessionRow) =>
  session.trusted ? session.projectConfig.worktree : NOTHING

export interface SetupDeps {
  events: Events
  artifacts: Artifacts
  command: CommandRunner
}

/**
 * Runs the project's setup command in a folder, where there is one. The reason when it failed; its output is then
 * kept and named by an event. Nothing when it succeeded or was aborted, which the signal tells.
 */
export async function runSetup(
  deps: SetupDeps,
  { session, taskId, dir }: { session: SessionRow; taskId?: string; dir: string },
  signal: AbortSignal,
): Promise<Reason | undefined> {
  const { setup, setupTimeoutSeconds } = trustedWorktree(session)
  if (setup === undefined) return undefined
  const end = await deps.command.run({
    line: setup,
    cwd: dir,
    timeoutSeconds: setupTimeoutSeconds,
    signal,
  })
  if (end.exitCode === 0 || end.aborted) return undefined
  const log = await deps.artifacts.put(end.output)
  deps.events.commit((_tables, emit) =>
    emit({
      type: 'setup.failed',
      actor: 'orchestrator',
      sessionId: session.id,
      ...(taskId ? { taskId } : {}),
      data: { command: setup, exitCode: end.exitCode, log },
    }),
  )
  return { code: 'setup_failed', message: `${setup}: ${end.summary}` }
}
