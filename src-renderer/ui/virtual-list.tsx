import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'

interface VirtualListProps<T> {
  label: string
  items: readonly T[]
  keyOf(item: T): string | number
  /** What a row takes before it was measured, in pixels. */
  rowHeight: number
  render(item: T, index: number): ReactNode
  /** The row that has to be in sight. */
  reveal?: number | undefined
}

/** A list of any length, of which only what is seen is drawn. */
export function VirtualList<T>({
  label,
  items,
  keyOf,
  rowHeight,
  render,
  reveal,
}: VirtualListProps<T>) {
  const frame = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keyOf(items[index] as T),
    overscan: 10,
  })
  useEffect(() => {
    if (reveal !== undefined && reveal >= 0) rows.scrollToIndex(reveal)
  }, [reveal, rows])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
    <section ref={frame} aria-label={label} className="h-full overflow-y-auto" tabIndex={0}>
      <ul className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => (
          <li
            key={key}
            ref={rows.measureElement}
            data-index={index}
            aria-setsize={items.length}
            aria-posinset={index + 1}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${start}px)` }}
          >
            {render(items[index] as T, index)}
          </li>
        ))}
      </ul>
    </section>
  )
}
