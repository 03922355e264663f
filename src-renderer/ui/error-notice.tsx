import type { ReactNode } from 'react'
import { type ApiError, explain } from '../base/index.ts'
import { Notice, type NoticeTone } from './notice.tsx'

interface ErrorNoticeProps {
  error: Pick<ApiError, 'code' | 'message'>
  tone?: NoticeTone
  /** The buttons that do what is next. */
  actions?: ReactNode
  children?: ReactNode
}

/** An error: what happened, what was kept, what to do next. */
export function ErrorNotice({ error, tone = 'bad', actions, children }: ErrorNoticeProps) {
  const { what, kept, next } = explain(error)
  return (
    <div role="alert">
      <Notice
        tone={tone}
        title={what}
        text={
          <>
            {kept !== '' && <p>{kept}</p>}
            {next !== '' && <p>{next}</p>}
            {children}
          </>
        }
        {...(actions === undefined ? {} : { actions })}
      />
    </div>
  )
}
