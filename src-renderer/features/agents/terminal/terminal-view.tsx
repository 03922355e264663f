import '@xterm/xterm/css/xterm.css'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { TerminalView as View } from '../../../../src-shared/contract/index.ts'
import { attach, preferences } from '../../../base/index.ts'
import { createTerminal, type PageTerminal } from './create-terminal.ts'
import { LinkDialog } from './link-dialog.tsx'
import { createStringCap } from './string-cap.ts'

interface TerminalViewProps {
  run: string
  view: View
  label: string
  /** What is typed goes to the program. */
  isInteractive: boolean
  handle: RefObject<PageTerminal | undefined>
}

/** A run's terminal, from its first byte on, live. */
export function TerminalView({ run, view, label, isInteractive, handle }: TerminalViewProps) {
  const place = useRef<HTMLDivElement>(null)
  const [link, setLink] = useState<string>()
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    const element = place.current
    if (!element) return
    const page = createTerminal(element, setLink)
    handle.current = page
    const stop = connectRun(page, { run, view, isInteractive, onProblem: setProblem })
    leaveOnEscape(page, element)
    page.terminal.textarea?.setAttribute('aria-label', label)
    const look = new ResizeObserver(() => {
      const size = page.fit()
      if (size && isInteractive) stop.resize(size.cols, size.rows)
    })
    look.observe(element)
    const scheme = window.matchMedia('(prefers-color-scheme: dark)')
    const paint = () => page.paint()
    scheme.addEventListener('change', paint)
    const unsubscribe = preferences.subscribe(() => setTimeout(paint))
    return () => {
      handle.current = undefined
      look.disconnect()
      scheme.removeEventListener('change', paint)
      unsubscribe()
      stop.close()
      page.dispose()
    }
  }, [run, view, isInteractive, label, handle])
  return (
    <div className="relative h-full min-h-0 overflow-hidden bg-ground py-1 pl-2">
      <div ref={place} className="h-full" />
      {problem !== undefined && (
        <p role="alert" className="absolute inset-x-0 bottom-0 bg-bad-soft px-3 py-1 wrap-anywhere">
          {problem}
        </p>
      )}
      {link !== undefined && <LinkDialog url={link} onClose={() => setLink(undefined)} />}
    </div>
  )
}

interface Connected {
  resize(cols: number, rows: number): void
  close(): void
}

function connectRun(
  { terminal }: PageTerminal,
  of: {
    run: string
    view: View
    isInteractive: boolean
    onProblem: (text: string | undefined) => void
  },
): Connected {
  const { run, view, isInteractive, onProblem } = of
  const cap = createStringCap()
  let shown = 0
  let known = 0
  const attachment = attach(
    run,
    { view, from: 0 },
    {
      onAttached(from, size) {
        onProblem(undefined)
        shown = from
        known = size
      },
      onBytes(bytes, parsed) {
        for (const part of cap(bytes)) terminal.write(part)
        terminal.write('', () => {
          shown += bytes.length
          parsed()
        })
      },
      onRefused: onProblem,
    },
  )
  if (isInteractive) {
    // A terminal answers questions of the program by itself; those of what was printed before were answered then.
    terminal.onData((data) => {
      if (shown >= known) attachment.input(data)
    })
  } else terminal.options.disableStdin = true
  return attachment
}

/** Esc gives the focus back to the page; with Ctrl and Shift the program gets it. */
function leaveOnEscape({ terminal }: PageTerminal, place: HTMLElement): void {
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown') return true
    // F6 and the commands of the window are not the program's.
    if (event.key === 'F6' || (event.altKey && /^(Digit\d|Enter)$/.test(event.code))) return false
    if (isCopy(event) && terminal.hasSelection() && terminal.options.disableStdin) return false
    if (event.key !== 'Escape') return true
    if (event.ctrlKey && event.shiftKey) {
      event.preventDefault()
      terminal.input('\u001b')
      return false
    }
    place.closest<HTMLElement>('[data-pane]')?.focus()
    return false
  })
}

/** Copies where no program takes it as its own. */
const isCopy = ({ key, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  (ctrlKey || metaKey) && key.toLowerCase() === 'c'
