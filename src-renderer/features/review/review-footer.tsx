import { useState } from 'react'
import type { Task } from '../../../src-shared/contract/index.ts'
import { type ApiError, call, useIsLive } from '../../base/index.ts'
import { agentLook } from '../../ui/agent-mark.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { TextInput } from '../../ui/field.tsx'
import { count } from '../../ui/format.ts'
import { Mark } from '../../ui/mark.tsx'
import { toast } from '../../ui/toast.tsx'
import { canApprove, canSendBack } from './reviewable.ts'
import { useComments } from './use-comments.ts'

/** Says yes to a task's work, or sends it back with what was written about it. */
export function ReviewFooter({ task }: { task: Task }) {
  const isLive = useIsLive()
  const { comments, clear } = useComments(task.id)
  const [word, setWord] = useState('')
  const [error, setError] = useState<ApiError>()
  const [isBusy, setBusy] = useState(false)
  const all = [...comments, ...(word.trim() === '' ? [] : [{ text: word.trim() }])]
  const decide = async (decision: 'approve' | 'send_back') => {
    setBusy(true)
    const done = await call('reviewTask', {
      session: task.sessionId,
      task: task.id,
      decision,
      comments: decision === 'approve' ? [] : all,
    })
    setBusy(false)
    setError(done.ok ? undefined : done.error)
    if (!done.ok) return
    toast(decision === 'approve' ? 'Approved.' : `Sent back with ${count(all.length, 'comment')}.`)
    if (decision === 'send_back') {
      clear()
      setWord('')
    }
  }
  const isOff = !isLive || isBusy
  const who = task.agent === undefined ? 'the agent' : agentLook(task.agent).name
  return (
    <footer className="flex shrink-0 flex-col gap-2 border-t p-2">
      {error && <ErrorNotice error={error} />}
      <TextInput
        dir="auto"
        aria-label="About the whole change"
        placeholder="About the whole change (click a line number to comment on a line)"
        value={word}
        onChange={(event) => setWord(event.currentTarget.value)}
      />
      {!canSendBack(task) && (
        <p className="text-small text-soft">
          It can go back when its agent is done. What you write is kept until then.
        </p>
      )}
      <div className="flex items-center gap-2">
        <Button
          tone={all.length > 0 ? 'primary' : 'plain'}
          disabled={isOff || !canSendBack(task) || all.length === 0}
          onClick={() => void decide('send_back')}
        >
          Send back to {who}
        </Button>
        <Button
          tone={all.length > 0 ? 'plain' : 'primary'}
          disabled={isOff || !canApprove(task)}
          onClick={() => void decide('approve')}
        >
          Approve
        </Button>
        <span className="grow" />
        {comments.length > 0 && (
          <span className="shrink-0 text-small text-soft">{count(comments.length, 'comment')}</span>
        )}
        {task.review?.decision === 'approve' && <Mark tone="good" glyph="✓" word="approved" />}
      </div>
    </footer>
  )
}
