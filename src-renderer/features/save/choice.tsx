import type { ReactNode } from 'react'
import { classNames } from '../../ui/class-names.ts'

interface ChoiceProps {
  name: string
  isChosen: boolean
  onChoose(): void
  children: ReactNode
}

/** One of several, with words as long as they need to be. */
export const Choice = ({ name, isChosen, onChoose, children }: ChoiceProps) => (
  <label
    className={classNames(
      'flex items-start gap-2 rounded border px-3 py-2 transition-colors',
      isChosen ? 'border-action bg-action-soft' : 'hover:bg-raised',
    )}
  >
    <input
      type="radio"
      name={name}
      checked={isChosen}
      onChange={onChoose}
      className="mt-[3px] size-3.5 shrink-0 accent-action"
    />
    <span className="min-w-0">{children}</span>
  </label>
)
