import { useState } from 'react'
import type { Task } from '../../../src-shared/contract/index.ts'
import { type ApiError, call } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field, Switch, TextArea } from '../../ui/field.tsx'

/** A word to the agent of a task. */
export function TellTask({ task, onClose }: { task: Task; onClose(): void }) {
  const [text, setText] = useState('')
  const [now, setNow] = useState(false)
  const [error, setError] = useState<ApiError>()
  const send = async () => {
    const done = await call('messageTask', {
      session: task.sessionId,
      task: task.id,
      text: text.trim(),
      now,
    })
    if (done.ok) onClose()
    else setError(done.error)
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Tell its agent something"
      description={<bdi>{task.title}</bdi>}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button tone="primary" disabled={text.trim() === ''} onClick={() => void send()}>
            Send
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 pb-2">
        {error && <ErrorNotice error={error} />}
        <Field label="Your words">
          <TextArea
            dir="auto"
            rows={4}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </Field>
        <Switch
          checked={now}
          onChange={setNow}
          label="Now: stop the run under way and go on with this. Otherwise its next run hears it."
        />
      </div>
    </Dialog>
  )
}
