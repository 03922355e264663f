import { useEffect, useState } from 'react'
import type { Checkpoint, SavePreview, Session } from '../../../src-shared/contract/index.ts'
import { type ApiError, call, useIsLive } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field, Switch, TextInput } from '../../ui/field.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { announce } from '../../ui/toast.tsx'
import { Moves } from './moves.tsx'
import { Refusal } from './refusal.tsx'
import { savedTasks } from './save-label.ts'
import { Saved } from './saved.tsx'
import { usePreview } from './use-preview.ts'

interface SaveDialogProps {
  session: Session
  finishes: boolean
  onClose(): void
}

/** What Save would move and on which evidence; then does it. */
export function SaveDialog({ session, finishes, onClose }: SaveDialogProps) {
  const { preview, error: unread } = usePreview(session)
  const isLive = useIsLive()
  const [message, setMessage] = useState('')
  const [finalize, setFinalize] = useState(finishes)
  const [allowUnchecked, setAllow] = useState(false)
  const [isSaving, setSaving] = useState(false)
  const [error, setError] = useState<ApiError>()
  const [saved, setSaved] = useState<Checkpoint>()
  // A newer preview tells by itself what still stands against it.
  useEffect(() => setError(undefined), [preview])
  const save = async () => {
    setSaving(true)
    setError(undefined)
    const done = await call('saveCheckpoint', {
      session: session.id,
      finalize,
      allowUnchecked,
      ...(message.trim() === '' ? {} : { message: message.trim() }),
    })
    setSaving(false)
    if (!done.ok) return setError(done.error)
    setSaved(done.value)
    announce(`Saved as ${done.value.tag}.`)
  }
  if (saved) return <Saved checkpoint={saved} target={session.target} onClose={onClose} />
  const problem = error ?? preview?.refusal
  const isUnchecked = problem?.code === 'save_unchecked'
  return (
    <Dialog
      open
      onOpenChange={onClose}
      wide
      title={title(preview, session)}
      description="Only this branch is moved; a tag is set with it. What was there before can be brought back at any time."
      footer={
        <>
          {isSaving && <Spinner label="Checking and saving …" />}
          <Button onClick={onClose}>Close</Button>
          <Button
            tone="primary"
            disabled={!isLive || isSaving || !preview || !canTry(preview, allowUnchecked)}
            onClick={() => void save()}
          >
            {finalize ? 'Save and finish' : 'Save'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 pb-2">
        {problem && <Refusal problem={problem} session={session} onDone={onClose} />}
        {isUnchecked && (
          <Switch
            checked={allowUnchecked}
            onChange={setAllow}
            label="Save it unchecked, on purpose."
          />
        )}
        {unread && <ErrorNotice error={unread} />}
        {!preview && !unread && <Spinner label="Looking at what would be saved …" />}
        {preview && <Moves preview={preview} />}
        <Field label="Message" hint="Empty: the titles of the tasks.">
          <TextInput
            dir="auto"
            value={message}
            onChange={(event) => setMessage(event.currentTarget.value)}
          />
        </Field>
        <Switch
          checked={finalize}
          onChange={setFinalize}
          label="Finish the session with it: nothing more is done in it."
        />
      </div>
    </Dialog>
  )
}

const title = (preview: SavePreview | undefined, { target }: Session): string => {
  const tasks = preview ? savedTasks(preview) : 0
  return `Save ${tasks === 0 ? '' : `${tasks} ${tasks === 1 ? 'task' : 'tasks'} `}→ ${target}`
}

// What stands against it may be gone by the next try, all but what is sure to be refused again.
const canTry = ({ refusal, commits }: SavePreview, allowUnchecked: boolean): boolean =>
  refusal === undefined
    ? commits.length > 0
    : refusal.code !== 'save_nothing' && (refusal.code !== 'save_unchecked' || allowUnchecked)
