import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, Ref } from 'react'
import { classNames } from './class-names.ts'

export type ButtonTone = 'primary' | 'plain' | 'quiet' | 'danger'

const TONES: Readonly<Record<ButtonTone, string>> = {
  primary: 'bg-action text-on-action font-medium hover:brightness-110',
  plain: 'bg-raised text-strong border border-edge hover:bg-sunken',
  quiet: 'text-soft hover:bg-sunken hover:text-strong',
  danger: 'bg-raised text-bad border border-edge hover:bg-bad-soft',
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: ButtonTone
  icon?: LucideIcon
  small?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** A button with words on it. */
export function Button({ tone = 'plain', icon: Icon, small, className, ...rest }: ButtonProps) {
  const { children, ...more } = rest
  return (
    <button
      type="button"
      {...more}
      className={classNames(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded whitespace-nowrap transition-colors',
        'disabled:cursor-default disabled:opacity-55',
        small ? 'h-6 px-2 text-small' : 'h-7 px-3',
        TONES[tone],
        className,
      )}
    >
      {Icon && <Icon aria-hidden size={small ? 13 : 14} />}
      {children}
    </button>
  )
}
