import type { Checkpoint } from '../../../src-shared/contract/index.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import { open } from './open.ts'

interface SavedProps {
  checkpoint: Checkpoint
  target: string
  onClose(): void
}

/** It is done: where, under which name, and the way back. */
export const Saved = ({ checkpoint, target, onClose }: SavedProps) => (
  <Dialog
    open
    onOpenChange={onClose}
    title={`${target} is saved`}
    footer={
      <>
        <Button onClick={() => open({ dialog: 'rollback' })}>Roll back …</Button>
        <Button tone="primary" onClick={onClose}>
          Done
        </Button>
      </>
    }
  >
    <Notice
      tone="good"
      title={
        <>
          {target} is at <code className="font-mono">{checkpoint.commit.slice(0, 10)}</code>, tagged{' '}
          <code className="font-mono wrap-anywhere">{checkpoint.tag}</code>.
        </>
      }
      text="It is on disk. Roll back brings any checkpoint back without losing this one."
    />
  </Dialog>
)
