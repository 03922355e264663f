import type { ReactNode } from 'react'

interface CardProps {
  title: string
  action?: ReactNode
  children: ReactNode
}

/** A part of the page with its name. */
export const Card = ({ title, action, children }: CardProps) => (
  <section aria-label={title} className="rounded border bg-surface">
    <header className="flex h-10 items-center justify-between gap-2 border-b px-4">
      <h2 className="font-semibold">{title}</h2>
      {action}
    </header>
    <div className="p-4">{children}</div>
  </section>
)
