import { X } from 'lucide-react'
import { createStore, useStore } from 'zustand'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'

interface ToastAction {
  label: string
  run(): void
}

interface Shown {
  id: number
  text: string
  tone: 'info' | 'good' | 'bad'
  action?: ToastAction
}

// Long enough to read two lines twice; what went wrong stays until it is closed.
const STAYS_MS = 6_000
const MOST = 3

const store = createStore<{ shown: readonly Shown[]; said: string }>(() => ({
  shown: [],
  said: '',
}))
let last = 0

/** A word at the edge of the window about what was just done; read out politely. */
export function toast(
  text: string,
  { tone = 'info', action }: { tone?: Shown['tone']; action?: ToastAction } = {},
): void {
  last += 1
  const one: Shown = { id: last, text, tone, ...(action ? { action } : {}) }
  store.setState(({ shown }) => ({ shown: [...shown, one].slice(-MOST) }))
  if (tone !== 'bad') setTimeout(() => close(one.id), STAYS_MS)
}

/** Says a change of state to whoever listens instead of looking. */
export const announce = (text: string): void => store.setState({ said: text })

const close = (id: number) =>
  store.setState(({ shown }) => ({ shown: shown.filter((one) => one.id !== id) }))

const EDGES = { info: 'border-l-edge', good: 'border-l-good', bad: 'border-l-bad' } as const

/** Where toasts appear; once on a page. */
export function Toasts() {
  const { shown, said } = useStore(store)
  return (
    <>
      <div aria-live="polite" className="sr-only">
        {said}
      </div>
      <section
        aria-label="Notifications"
        aria-live="polite"
        className="pointer-events-none fixed right-4 bottom-4 z-50 flex w-90 flex-col gap-2"
      >
        {shown.map(({ id, text, tone, action }) => (
          <div
            key={id}
            className={classNames(
              'pointer-events-auto flex animate-rise items-start gap-2 rounded border border-l-4 bg-raised px-3 py-2 shadow-over',
              EDGES[tone],
            )}
          >
            <p className="min-w-0 grow wrap-anywhere">{text}</p>
            {action && (
              <Button small onClick={() => action.run()}>
                {action.label}
              </Button>
            )}
            <button
              type="button"
              aria-label="Close"
              className="rounded p-1 text-soft hover:text-strong"
              onClick={() => close(id)}
            >
              <X aria-hidden size={13} />
            </button>
          </div>
        ))}
      </section>
    </>
  )
}
