import { useState } from 'react'
import type { Checkpoint, Session } from '../../../src-shared/contract/index.ts'
import { type ApiError, call, useIsLive, useNow } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Switch } from '../../ui/field.tsx'
import { ago, count } from '../../ui/format.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { announce } from '../../ui/toast.tsx'
import { Choice } from './choice.tsx'
import { open } from './open.ts'
import { Refusal } from './refusal.tsx'
import { Saved } from './saved.tsx'

interface RollBackDialogProps {
  session: Session
  first?: number | undefined
  onClose(): void
}

type Mode = 'restore' | 'rewind'

/** Takes the branch back to a checkpoint; nothing is destroyed by it. */
export function RollBackDialog({ session, first, onClose }: RollBackDialogProps) {
  const { checkpoints, target } = session
  const [chosen, setChosen] = useState(first ?? checkpoints.at(-2)?.n ?? checkpoints[0]?.n ?? 0)
  const [mode, setMode] = useState<Mode>('restore')
  const [includeForeign, setForeign] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  const [done, setDone] = useState<Checkpoint>()
  const isLive = useIsLive()
  // A refusal is about one choice; the next one has not been refused.
  const choose = (checkpoint: number, how: Mode) => {
    setChosen(checkpoint)
    setMode(how)
    setForeign(false)
    setError(undefined)
  }
  const rollBack = async () => {
    setBusy(true)
    setError(undefined)
    const moved = await call('rollBack', {
      session: session.id,
      checkpoint: chosen,
      mode,
      includeForeign,
    })
    setBusy(false)
    if (!moved.ok) return setError(moved.error)
    setDone(moved.value)
    announce(`${target} is rolled back.`)
  }
  if (done) return <Saved checkpoint={done} target={target} onClose={onClose} />
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Roll ${target} back`}
      description="Nothing is destroyed: every checkpoint keeps its tag, and this can be rolled back as well."
      footer={
        <>
          {isBusy && <Spinner label="Rolling back …" />}
          <Button onClick={onClose}>Close</Button>
          <Button tone="primary" disabled={!isLive || isBusy} onClick={() => void rollBack()}>
            Roll back to {chosen}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 pb-2">
        {error && (
          <Refusal problem={error} session={session} onDone={onClose}>
            {error.code === 'rollback_published' && (
              <Button small tone="primary" onClick={() => choose(chosen, 'restore')}>
                Restore instead
              </Button>
            )}
            {error.code === 'rollback_conflict' && (
              <Button small tone="primary" onClick={() => open({ dialog: 'save' })}>
                Save that work first …
              </Button>
            )}
          </Refusal>
        )}
        {error?.code === 'rollback_foreign' && (
          <Switch
            checked={includeForeign}
            onChange={setForeign}
            label="Undo those commits as well."
          />
        )}
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 font-medium">To which state</legend>
          {checkpoints.toReversed().map((checkpoint) => (
            <Choice
              key={checkpoint.n}
              name="checkpoint"
              isChosen={checkpoint.n === chosen}
              onChoose={() => choose(checkpoint.n, mode)}
            >
              <CheckpointLine checkpoint={checkpoint} />
            </Choice>
          ))}
        </fieldset>
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 font-medium">How</legend>
          <Choice
            name="mode"
            isChosen={mode === 'restore'}
            onChoose={() => choose(chosen, 'restore')}
          >
            <b className="font-medium">Restore:</b> a new commit on top brings the old content back.
            Safe also when the branch was pushed.
          </Choice>
          <Choice
            name="mode"
            isChosen={mode === 'rewind'}
            onChoose={() => choose(chosen, 'rewind')}
          >
            <b className="font-medium">Rewind:</b> the branch itself goes back. What came after
            stays under its tags. Refused for commits that a remote has.
          </Choice>
        </fieldset>
      </div>
    </Dialog>
  )
}

function CheckpointLine({
  checkpoint: { n, tag, message, at, evidence },
}: {
  checkpoint: Checkpoint
}) {
  const now = useNow()
  const facts = [
    tag,
    ago(at, now),
    evidence.length > 0 ? `${count(evidence.length, 'check')} green` : undefined,
  ]
  return (
    <>
      <span className="font-medium">
        {n} · <bdi className="wrap-anywhere">{message.split('\n', 1)[0]}</bdi>
      </span>
      <span className="block text-small text-soft wrap-anywhere">
        {facts.filter(Boolean).join(' · ')}
      </span>
    </>
  )
}
