import { Play } from 'lucide-react'
import { useState } from 'react'
import type { Session } from '../../../src-shared/contract/index.ts'
import { call, explain, useIsLive } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { toast } from '../../ui/toast.tsx'

/** Why nothing goes on, and the button that lets it. */
export function Suspended({ session: { id, reason } }: { session: Session }) {
  const isLive = useIsLive()
  const [isBusy, setBusy] = useState(false)
  const resume = async () => {
    setBusy(true)
    const done = await call('resumeSession', { session: id })
    setBusy(false)
    if (!done.ok) toast(done.error.message, { tone: 'bad' })
  }
  const words = reason ? explain(reason) : undefined
  return (
    <Notice
      tone="wait"
      title="The session is paused."
      text={
        words
          ? [words.what, words.kept, words.next].filter(Boolean).join(' ')
          : 'What the agents did is kept.'
      }
      actions={
        <Button
          small
          tone="primary"
          icon={Play}
          disabled={!isLive || isBusy}
          onClick={() => void resume()}
        >
          Resume
        </Button>
      }
    />
  )
}
