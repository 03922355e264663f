import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

interface DialogProps {
  open: boolean
  onOpenChange(open: boolean): void
  title: string
  description?: ReactNode
  /** Buttons; the one that does it last. */
  footer?: ReactNode
  wide?: boolean
  children?: ReactNode
}

/** Asks or shows something before anything else goes on. Esc closes it. */
export function Dialog({ open, onOpenChange, title, description, footer, ...rest }: DialogProps) {
  const { wide, children } = rest
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-ground/70" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={classNames(
            'fixed top-[8vh] left-1/2 z-40 flex max-h-[84vh] w-[calc(100vw-48px)] -translate-x-1/2 flex-col',
            'rounded border border-edge bg-surface shadow-over',
            wide ? 'max-w-240' : 'max-w-130',
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0 grow">
              <Radix.Title className="text-title font-semibold wrap-anywhere">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description asChild>
                  <div className="mt-1 text-soft wrap-anywhere">{description}</div>
                </Radix.Description>
              )}
            </div>
            <Radix.Close
              aria-label="Close"
              className="inline-flex size-6 items-center justify-center rounded text-soft hover:bg-sunken hover:text-strong"
            >
              <X aria-hidden size={14} />
            </Radix.Close>
          </header>
          <div className="min-h-0 grow overflow-y-auto px-5 py-2">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
