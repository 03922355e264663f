import { useEffect, useState } from 'react'
import type { FileDiff, Session, Task } from '../../../src-shared/contract/index.ts'
import { type ApiError, call, useIsLive } from '../../base/index.ts'

export interface DiffState {
  files?: readonly FileDiff[]
  error?: ApiError
}

/** What a task, or the whole session, changed; asked anew when that can be another. */
export function useDiff(session: Session, task: Task | undefined): DiffState {
  const [state, setState] = useState<DiffState>({})
  const isLive = useIsLive()
  const { id } = session
  const taskId = task?.id
  const cause = task ? `${task.state} ${task.commit ?? ''}` : session.integration.head
  useEffect(() => {
    if (!isLive || cause === '') return
    let isCurrent = true
    const asked =
      taskId === undefined
        ? call('sessionDiff', { session: id })
        : call('taskDiff', { session: id, task: taskId })
    void asked.then((answer) => {
      if (isCurrent) setState(answer.ok ? { files: answer.value } : { error: answer.error })
    })
    return () => {
      isCurrent = false
    }
  }, [id, taskId, cause, isLive])
  return state
}
