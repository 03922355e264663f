import type { DockviewApi } from 'dockview-react'
import type { RefObject } from 'react'
import { focus, useCommand } from '../../base/index.ts'

interface PaneKeysProps {
  api: RefObject<DockviewApi | undefined>
  ids: readonly string[]
}

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9]

/** Alt with a number goes to that pane; Alt+Enter gives the active one all the room, and takes it back. */
export function PaneKeys({ api, ids }: PaneKeysProps) {
  useCommand({
    id: 'pane.maximise',
    title: 'Give the pane all the room, or take it back',
    keys: 'Alt+Enter',
    run() {
      const grid = api.current
      if (grid?.hasMaximizedGroup()) grid.exitMaximizedGroup()
      else grid?.activePanel?.api.maximize()
    },
  })
  return NUMBERS.map((n) => (
    <PaneKey key={n} n={n} run={() => go(api.current, ids[n - 1])} enabled={n <= ids.length} />
  ))
}

function go(api: DockviewApi | undefined, id: string | undefined): void {
  const panel = id === undefined ? undefined : api?.getPanel(id)
  if (!panel) return
  panel.api.setActive()
  focus.run(panel.id)
  panel.view.content.element.querySelector<HTMLElement>('textarea, [data-pane]')?.focus()
}

interface PaneKeyProps {
  n: number
  run(): void
  enabled: boolean
}

function PaneKey({ n, run, enabled }: PaneKeyProps) {
  useCommand({ id: `pane.${n}`, title: `Go to pane ${n}`, keys: `Alt+${n}`, run, enabled })
  return null
}
