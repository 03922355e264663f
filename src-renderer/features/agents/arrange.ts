import type { DockviewApi, IDockviewPanel } from 'dockview-react'
import { columnsOf } from './panes.ts'

/**
 * Makes the panels be exactly those of `ids`. New ones go where the grid has room: the first row is filled, then
 * each column downwards. Those that stay keep their places, as the user may have moved them.
 */
export function arrange(api: DockviewApi, ids: readonly string[]): void {
  const isNew = api.totalPanels === 0
  for (const panel of [...api.panels]) if (!ids.includes(panel.id)) api.removePanel(panel)
  const columns = columnsOf(ids.length)
  ids.forEach((id, index) => {
    if (id === '' || api.getPanel(id)) return
    const beside = index < columns ? ids[index - 1] : ids[index - columns]
    const reference = (beside !== undefined && api.getPanel(beside)) || api.panels.at(-1)
    api.addPanel({
      id,
      component: 'run',
      inactive: !isNew || index > 0,
      ...(reference ? { position: placeBy(reference, index < columns) } : {}),
    })
  })
  share(api)
}

const placeBy = (referencePanel: IDockviewPanel, isRow: boolean) =>
  ({ referencePanel, direction: isRow ? 'right' : 'below' }) as const

/** Gives every group its part of the width and height, row by row as they stand. */
function share(api: DockviewApi): void {
  const columns = columnsOf(api.groups.length)
  const rows = Math.ceil(api.groups.length / columns)
  for (const group of api.groups) {
    group.api.setSize({ width: api.width / columns, height: api.height / rows })
  }
}

/** Names what the library leaves without a name: separators that are dragged, and lists of tabs. */
export function nameParts(frame: HTMLElement): void {
  for (const list of frame.querySelectorAll('[role="tablist"]:not([aria-label])')) {
    list.setAttribute('aria-label', 'Agents in this place')
  }
}
