import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

interface TabsProps<Id extends string> {
  label: string
  value: Id
  onChange(id: Id): void
  items: readonly { id: Id; label: string; badge?: ReactNode }[]
  /** The panel of the chosen one. */
  children: ReactNode
}

/** One of several views of the same place. */
export function Tabs<Id extends string>({
  label,
  value,
  onChange,
  items,
  children,
}: TabsProps<Id>) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(id) => onChange(id as Id)}
      className="flex h-full min-h-0 flex-col"
    >
      <Radix.List aria-label={label} className="flex h-9 shrink-0 items-center gap-1 border-b px-2">
        {items.map(({ id, label: name, badge }) => (
          <Radix.Trigger
            key={id}
            value={id}
            className="flex h-6 items-center gap-1.5 rounded px-2 text-soft transition-colors hover:text-strong data-[state=active]:bg-sunken data-[state=active]:font-medium data-[state=active]:text-strong"
          >
            {name}
            {badge}
          </Radix.Trigger>
        ))}
      </Radix.List>
      <Radix.Content value={value} tabIndex={-1} className="min-h-0 grow overflow-hidden">
        {children}
      </Radix.Content>
    </Radix.Root>
  )
}
