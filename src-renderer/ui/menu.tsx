import type { LucideIcon } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactElement } from 'react'
import { classNames } from './class-names.ts'

export interface MenuItem {
  id: string
  label: string
  icon?: LucideIcon
  /** As they are shown. */
  keys?: string
  disabled?: boolean
  danger?: boolean
  onSelect(): void
}

interface MenuProps {
  /** A button. */
  trigger: ReactElement
  label: string
  items: readonly (MenuItem | 'line')[]
}

/** What can be done here, below its button. */
export function Menu({ trigger, label, items }: MenuProps) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[70vh] max-w-90 min-w-44 animate-rise overflow-y-auto rounded border border-edge bg-raised p-1 shadow-over"
        >
          {items.map((item, index) =>
            item === 'line' ? (
              <DropdownMenu.Separator key={index} className="my-1 h-px bg-line" />
            ) : (
              <Item key={item.id} item={item} />
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function Item({ item }: { item: MenuItem }) {
  const { label, icon: Icon, keys, disabled, danger, onSelect } = item
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      {...(disabled === undefined ? {} : { disabled })}
      className={classNames(
        'flex h-7 items-center gap-2 rounded-sm px-2 outline-none',
        'data-highlighted:bg-sunken data-disabled:text-faint',
        danger ? 'text-bad' : 'text-strong',
      )}
    >
      {Icon && <Icon aria-hidden size={14} className="shrink-0" />}
      <span className="min-w-0 grow truncate">{label}</span>
      {keys !== undefined && <kbd className="ml-4 font-mono text-tiny text-soft">{keys}</kbd>}
    </DropdownMenu.Item>
  )
}
