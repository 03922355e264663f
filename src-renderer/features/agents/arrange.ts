import { type DockviewApi, Orientation, type SerializedDockview } from 'dockview-react'
import { columnsOf } from './panes.ts'

/**
 * Makes the panels be exactly those of `panes`, in a grid of equal parts; panels that stay keep what they show.
 * Once the user has moved one, the others keep their places, and a new one stands beside the last.
 */
export function arrange(
  api: DockviewApi,
  panes: readonly NamedPane[],
  isMovedByUser: boolean,
): void {
  if (!isMovedByUser) {
    const active = api.activePanel?.id
    api.fromJSON(gridOf(panes, { width: api.width, height: api.height }), {
      reuseExistingPanels: true,
    })
    if (active !== undefined) api.getPanel(active)?.api.setActive()
    return
  }
  for (const panel of [...api.panels]) {
    if (!panes.some(({ id }) => id === panel.id)) api.removePanel(panel)
  }
  for (const { id, title } of panes) {
    const referencePanel = api.panels.at(-1)
    if (api.getPanel(id)) continue
    api.addPanel({
      id,
      title,
      component: COMPONENT,
      inactive: true,
      ...(referencePanel ? { position: { referencePanel, direction: 'right' } } : {}),
    })
  }
}

const COMPONENT = 'run'

/** A panel by the id of its run, called by its task. */
export interface NamedPane {
  id: string
  title: string
}

/** Rows of panes, each pane in a group of its own; a last row with fewer is as wide as the others. */
function gridOf(
  panes: readonly NamedPane[],
  { width, height }: { width: number; height: number },
): SerializedDockview {
  const columns = columnsOf(panes.length)
  const rows = Array.from({ length: Math.ceil(panes.length / columns) }, (_, row) =>
    panes.slice(row * columns, (row + 1) * columns),
  )
  const root = rows.map((row) => ({
    type: 'branch' as const,
    size: height / rows.length,
    data: row.map(({ id }) => ({
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
    panels: Object.fromEntries(
      panes.map(({ id, title }) => [id, { id, title, contentComponent: COMPONENT }]),
    ),
  }
}

/** Names what the library leaves without a name: lists of tabs. */
export function nameParts(frame: HTMLElement): void {
  for (const list of frame.querySelectorAll('[role="tablist"]:not([aria-label])')) {
    list.setAttribute('aria-label', 'Agents in this place')
  }
}
