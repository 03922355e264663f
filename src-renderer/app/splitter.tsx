import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { isNumber, usePreference } from '../base/index.ts'
import { classNames } from '../ui/class-names.ts'

interface Limits {
  first: number
  least: number
  most: number
}

interface Sized {
  size: number
  limits: Limits
  onResize(size: number): void
}

/** A size in pixels that is kept, and what a splitter needs to change it. */
export function useSize(name: string, limits: Limits): { size: number; splitter: Sized } {
  const [kept, keep] = usePreference(`size.${name}`, limits.first, isNumber)
  const size = clamp(kept, limits)
  return { size, splitter: { size, limits, onResize: (next) => keep(clamp(next, limits)) } }
}

const clamp = (size: number, { least, most }: Limits) =>
  Math.round(Math.min(most, Math.max(least, size)))

// A tap of a key moves it by four steps of the grid.
const STEP = 16

interface SplitterProps extends Sized {
  label: string
  /** Where the part that it sizes is not: it grows towards the splitter. */
  side: 'before' | 'after' | 'below'
}

/** The line between two parts: dragged, or moved by the arrow keys; a double click gives the first size back. */
export function Splitter({ label, side, size, limits, onResize }: SplitterProps) {
  const from = useRef<{ at: number; size: number }>(undefined)
  const isUpright = side !== 'below'
  const sign = side === 'before' ? 1 : -1
  const place = (event: PointerEvent) => (isUpright ? event.clientX : event.clientY)
  const onKeyDown = (event: KeyboardEvent) => {
    const keys = isUpright ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    const at = keys.indexOf(event.key)
    if (at < 0) return
    event.preventDefault()
    onResize(size + (at === 0 ? -STEP : STEP) * sign)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved; this is the window splitter of ARIA
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={isUpright ? 'vertical' : 'horizontal'}
      aria-valuenow={size}
      aria-valuemin={limits.least}
      aria-valuemax={limits.most}
      onDoubleClick={() => onResize(limits.first)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = { at: place(event), size }
      }}
      onPointerMove={(event) => {
        const began = from.current
        if (began) onResize(began.size + (place(event) - began.at) * sign)
      }}
      onPointerUp={() => {
        from.current = undefined
      }}
      className={classNames(
        'relative z-10 shrink-0 bg-line transition-colors hover:bg-action focus-visible:bg-action',
        'after:absolute after:content-[""]',
        isUpright
          ? 'w-px cursor-col-resize after:inset-y-0 after:-inset-x-1'
          : 'h-px cursor-row-resize after:inset-x-0 after:-inset-y-1',
      )}
    />
  )
}
