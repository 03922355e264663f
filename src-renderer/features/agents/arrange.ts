import { type DockviewApi, Orientation, type SerializedDockview } from 'dockview-react'
import { columnsOf } from './panes.ts'

/**
 * Makes the panels be exactly those of `ids`, in a grid of equal parts; panels that stay keep what they show.
 * Once the user has moved one, the others keep their places, and a new one stands beside the last.
 */
export function arrange(api: DockviewApi, ids: readonly string[], isMovedByUser: boolean): void {
  if (!isMovedByUser) {
    const active = api.activePanel?.id
    api.fromJSON(gridOf(ids, { width: api.width, height: api.height }), {
      reuseExistingPanels: true,
    })
    if (active !== undefined) api.getPanel(active)?.api.setActive()
    return
  }
  for (const panel of [...api.panels]) if (!ids.includes(panel.id)) api.removePanel(panel)
  for (const id of ids) {
    const referencePanel = api.panels.at(-1)
    if (api.getPanel(id)) continue
    api.addPanel({
      id,
      component: COMPONENT,
      inactive: true,
      ...(referencePanel ? { position: { referencePanel, direction: 'right' } } : {}),
    })
  }
}

const COMPONENT = 'run'

/** Rows of panes, each pane in a group of its own; a last row with fewer is as wide as the others. */
function gridOf(
  ids: readonly string[],
  { width, height }: { width: number; height: number },
): SerializedDockview {
  const columns = columnsOf(ids.length)
  const rows = Array.from({ length: Math.ceil(ids.length / columns) }, (_, row) =>
    ids.slice(row * columns, (row + 1) * columns),
  )
  const root = rows.map((row) => ({
    type: 'branch' as const,
    size: height / rows.length,
    data: row.map((id) => ({
      type: 'leaf' as const,
      size: width / row.length,
      data: { id: `group-${id}`, views: [id], activeView: id },
    })),
  }))
  return {
    grid: {
      root: { type: 'branch', data: root, size: width },
      width,
      height,
      orientation: Orientation.VERTICAL,
    },
    panels: Object.fromEntries(ids.map((id) => [id, { id, contentComponent: COMPONENT }])),
  }
}

/** Names what the library leaves without a name: lists of tabs. */
export function nameParts(frame: HTMLElement): void {
  for (const list of frame.querySelectorAll('[role="tablist"]:not([aria-label])')) {
    list.setAttribute('aria-label', 'Agents in this place')
  }
}
