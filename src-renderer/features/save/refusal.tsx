import { type ReactNode, useState } from 'react'
import type { Session } from '../../../src-shared/contract/index.ts'
import { type ApiError, call, focus } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { LogDialog } from '../../ui/evidence/log-dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { detailsOf } from './details.ts'

interface RefusalProps {
  problem: ApiError
  session: Session
  /** The way on leads away from the dialog. */
  onDone(): void
  /** Further ways on, of the dialog itself. */
  children?: ReactNode
}

/** Why Save or Roll back refuses, with what it names, and the button that does what is next. */
export function Refusal({ problem, session, onDone, children }: RefusalProps) {
  const [isLogShown, showLog] = useState(false)
  const { lines, more, log, check, approval } = detailsOf(problem.details)
  const allow = async () => {
    if (approval === undefined) return
    const done = await call('decideApproval', { approval, decision: 'allow' })
    if (!done.ok) toast(done.error.message, { tone: 'bad' })
  }
  const isAboutTasks = ['save_nothing', 'session_unfinished', 'save_checks_failed'].includes(
    problem.code,
  )
  return (
    <>
      <ErrorNotice
        error={problem}
        tone="wait"
        actions={
          <>
            {children}
            {log !== undefined && (
              <Button small onClick={() => showLog(true)}>
                Log of {check ?? 'the check'}
              </Button>
            )}
            {approval !== undefined && (
              <Button small tone="primary" onClick={() => void allow()}>
                Allow exactly this move
              </Button>
            )}
            {isAboutTasks && (
              <Button
                small
                onClick={() => {
                  focus.side('board')
                  onDone()
                }}
              >
                Show the tasks
              </Button>
            )}
          </>
        }
      >
        {lines.length > 0 && (
          <ul className="mt-1 max-h-40 overflow-y-auto font-mono text-code text-strong">
            {lines.map((line) => (
              <li key={line} className="wrap-anywhere">
                <bdi>{line}</bdi>
              </li>
            ))}
          </ul>
        )}
        {more > 0 && <p>… and {more} more</p>}
      </ErrorNotice>
      {isLogShown && log !== undefined && (
        <LogDialog
          title={`Log of ${check ?? 'the check'} in ${session.target}`}
          command=""
          hash={log}
          onClose={() => showLog(false)}
        />
      )}
    </>
  )
}
