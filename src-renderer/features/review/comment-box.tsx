import { useState } from 'react'
import type { Comment } from '../../../src-shared/contract/index.ts'
import { Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'

interface CommentBoxProps {
  line: number
  onKeep(text: string): void
  onCancel(): void
}

/** Where a remark on a line is written. */
export function CommentBox({ line, onKeep, onCancel }: CommentBoxProps) {
  const [text, setText] = useState('')
  const keep = () => text.trim() !== '' && onKeep(text.trim())
  return (
    <div className="m-2 flex flex-col gap-2 rounded border border-edge bg-surface p-2">
      <TextArea
        autoFocus
        dir="auto"
        rows={2}
        aria-label={`Comment on line ${line}`}
        placeholder="What should be different here?"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel()
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) keep()
        }}
      />
      <div className="flex gap-2">
        <Button small tone="primary" disabled={text.trim() === ''} onClick={keep}>
          Keep the comment
        </Button>
        <Button small tone="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  )
}

interface CommentNoteProps {
  comment: Comment
  onRemove: (() => void) | undefined
}

/** A remark that waits to be sent, or was. */
export const CommentNote = ({ comment: { line, text }, onRemove }: CommentNoteProps) => (
  <div className="m-2 rounded border border-edge bg-surface px-3 py-2">
    <div className="flex items-center justify-between text-small text-soft">
      <span>{line === undefined ? 'You' : `You, line ${line}`}</span>
      {onRemove && (
        <Button small tone="quiet" onClick={onRemove}>
          Remove
        </Button>
      )}
    </div>
    <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
      {text}
    </p>
  </div>
)
