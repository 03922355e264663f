import { type RefObject, useLayoutEffect, useState } from 'react'

/** The size of an element in pixels, as it changes. */
export function useSize(element: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const seen = element.current
    if (!seen) return
    const look = () => setSize({ width: seen.clientWidth, height: seen.clientHeight })
    look()
    const observer = new ResizeObserver(look)
    observer.observe(seen)
    return () => observer.disconnect()
  }, [element])
  return size
}
