import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, Ref } from 'react'
import { classNames } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does; read out, and shown beside it. */
  label: string
  icon: LucideIcon
  /** For one that is on or off. */
  pressed?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** A button that is a sign. */
export function IconButton({ label, icon: Icon, pressed, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        aria-label={label}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        {...rest}
        className={classNames(
          'inline-flex size-6 shrink-0 items-center justify-center rounded text-soft transition-colors',
          'hover:bg-sunken hover:text-strong disabled:cursor-default disabled:opacity-45',
          pressed && 'bg-sunken text-strong',
          className,
        )}
      >
        <Icon aria-hidden size={14} />
      </button>
    </Tooltip>
  )
}
