import { type FormEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { TextInput } from '../../ui/field.tsx'
import { type DiffRow, lineOf } from './diff-rows.ts'

interface LineFormProps {
  lines: readonly DiffRow[]
  onWrite(line: number): void
}

/** Goes to a line by its number and opens a comment there: what a click on the number does. */
export function LineForm({ lines, onWrite }: LineFormProps) {
  const [number, setNumber] = useState('')
  const line = Number(number)
  const isThere = lines.some((row) => lineOf(row) === line)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isThere) onWrite(line)
  }
  return (
    <form onSubmit={submit} className="flex shrink-0 items-center gap-2 border-b px-3 py-1">
      <div className="w-16">
        <TextInput
          inputMode="numeric"
          aria-label="Line"
          placeholder="Line"
          aria-invalid={number !== '' && !isThere}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
      </div>
      <Button small type="submit" disabled={!isThere}>
        Comment on it
      </Button>
      {number !== '' && !isThere && (
        <span role="status" className="text-small text-soft">
          not in this change
        </span>
      )}
    </form>
  )
}
