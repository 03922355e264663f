import type { Approval, Checkpoint, Session } from '../../../src-shared/contract/index.ts'
import { checkpointLines, goOnLine, resultLines } from '../terminal/result-view.ts'
import { isAllIntegrated } from '../terminal/task-words.ts'
import { askAbout } from './approvals.ts'
import { EXIT, explain } from './context.ts'
import type { LiveRun } from './live-run.ts'

/** Says the result of a session that rests, and saves it where that was asked for; the exit code. */
export async function finishSession(run: LiveRun, session: Session): Promise<number> {
  const { context, orchestrator, json } = run
  const { screen } = context
  const say = (lines: readonly string[]) => {
    if (!json) for (const line of lines) screen.line(line)
  }
  const asked = await orchestrator.operations.listApprovals({ session: session.id })
  if (!asked.ok) {
    explain(screen, asked.error)
    return EXIT.incomplete
  }
  const approvals = asked.value
  say(resultLines(session, { approvals, columns: screen.columns() }, screen.paint))
  if (!isAllIntegrated(session)) {
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
async function save(run: LiveRun, session: Session): Promise<Checkpoint | undefined> {
  const { context, orchestrator, allowUnchecked, now, signal } = run
  now.isSaving = true
  const saved = await orchestrator.operations.saveCheckpoint({
    session: session.id,
    allowUnchecked,
  })
  now.isSaving = false
  if (saved.ok) return saved.value
  if (signal.aborted) return undefined
  const { code } = saved.error
  const last = session.checkpoints.at(-1)
  if (code === 'save_nothing' && last && last.n > 0) return last
  explain(context.screen, saved.error)
  if (code === 'save_unchecked' && !allowUnchecked && (await wantsUnchecked(run))) {
    return await save({ ...run, allowUnchecked: true }, session)
  }
  const isAllowed = code === 'save_needs_approval' && (await allowsMove(run, session))
  return isAllowed ? await save(run, session) : undefined
}

/** Whether the person at the terminal saves all the same; without one, --allow-unchecked is the only yes. */
async function wantsUnchecked({ context, json, signal }: LiveRun): Promise<boolean> {
  const { screen } = context
  if (json || !screen.interactive) return false
  const answer = await screen.ask('Save it unchecked? [y]es, anything else leaves it: ', signal)
  return /^y(es)?$/i.test(answer.trim())
}

/** Whether the person at the terminal allows the move of a protected target that was just asked about. */
async function allowsMove(run: LiveRun, session: Session): Promise<boolean> {
  const { context, json, orchestrator, signal } = run
  const { screen } = context
  if (json || !screen.interactive) return false
  const asked = await orchestrator.operations.listApprovals({ session: session.id })
  const isMove = ({ kind }: Approval) => kind === 'save'
  const approval = asked.ok ? asked.value.findLast(isMove) : undefined
  return (
    approval !== undefined && (await askAbout({ ...run, screen, signal }, approval)) === 'allowed'
  )
}
