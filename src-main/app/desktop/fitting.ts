interface Area {
  x: number
  y: number
  width: number
  height: number
}

// Enough of the title bar to take hold of the window.
const GRIP = 100

/** The place of a window, unless no screen shows enough of it to take hold of (one was unplugged). Pure. */
export function fitting<T extends Area>(bounds: T, screens: readonly Area[]): T | undefined {
  const isShown = ({ x, y, width, height }: Area) =>
    bounds.x + bounds.width >= x + GRIP &&
    bounds.x <= x + width - GRIP &&
    bounds.y >= y &&
    bounds.y <= y + height - GRIP
  return screens.some(isShown) ? bounds : undefined
}
