import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useState } from 'react'
import { TextInput } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import type { PageTerminal } from './terminal/create-terminal.ts'

interface SearchBarProps {
  terminal: RefObject<PageTerminal | undefined>
  onClose(): void
}

/** Finds words in what a terminal shows. */
export function SearchBar({ terminal, onClose }: SearchBarProps) {
  const [text, setText] = useState('')
  const [isMissing, setMissing] = useState(false)
  const find = (words: string, step: 'findNext' | 'findPrevious') => {
    const isFound = terminal.current?.search[step](words) ?? false
    setMissing(words !== '' && !isFound)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    if (event.key === 'Enter') find(text, event.shiftKey ? 'findPrevious' : 'findNext')
  }
  return (
    <search className="flex items-center gap-1 border-b bg-surface p-1">
      <TextInput
        autoFocus
        aria-label="Search in this terminal"
        aria-invalid={isMissing}
        value={text}
        onKeyDown={onKeyDown}
        onChange={({ currentTarget: { value } }) => {
          setText(value)
          find(value, 'findNext')
        }}
      />
      {isMissing && (
        <span role="status" className="shrink-0 text-small text-soft">
          not found
        </span>
      )}
      <IconButton label="Before" icon={ArrowUp} onClick={() => find(text, 'findPrevious')} />
      <IconButton label="Next" icon={ArrowDown} onClick={() => find(text, 'findNext')} />
      <IconButton label="Close the search" icon={X} onClick={onClose} />
    </search>
  )
}
