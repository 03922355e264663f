import { useEffect, useState } from 'react'
import type { SavePreview, Session } from '../../../src-shared/contract/index.ts'
import { type ApiError, call, useIsLive, useProjection } from '../../base/index.ts'

// Several things change together when a task is merged; asked once after them.
const SETTLE_MS = 250

/** What Save would do, asked anew whenever something happened that can change it. */
export function usePreview(session: Session): { preview?: SavePreview; error?: ApiError } {
  const [state, setState] = useState<{ preview?: SavePreview; error?: ApiError }>({})
  const isLive = useIsLive()
  const answered = useProjection(({ approvals }) =>
    Object.values(approvals)
      .filter(({ kind, sessionId }) => kind === 'save' && sessionId === session.id)
      .map(({ id, state: decided }) => id + decided)
      .join(),
  )
  const { id, integration, checkpoints, tasks } = session
  const evidence = tasks.reduce((sum, task) => sum + task.evidence.length, 0)
  const cause = [integration.head, checkpoints.length, session.state, evidence, answered].join(' ')
  useEffect(() => {
    if (!isLive || cause === '') return
    const timer = setTimeout(async () => {
      const answer = await call('savePreview', { session: id })
      setState(answer.ok ? { preview: answer.value } : { error: answer.error })
    }, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [id, cause, isLive])
  return state
}
