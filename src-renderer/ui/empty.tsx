import type { ReactNode } from 'react'

/** A place with nothing in it yet, and what will be there. */
export const Empty = ({
  title,
  text,
  action,
}: {
  title: string
  text: ReactNode
  action?: ReactNode
}) => (
  <div className="flex h-full min-h-32 flex-col items-center justify-center gap-2 p-6 text-center">
    <p className="font-medium">{title}</p>
    <p className="max-w-90 text-soft wrap-anywhere">{text}</p>
    {action}
  </div>
)
