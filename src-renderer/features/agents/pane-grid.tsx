import 'dockview-react/dist/styles/dockview.css'
import './panes.css'
import {
  type DockviewApi,
  DockviewReact,
  type IDockviewPanelHeaderProps,
  type IDockviewPanelProps,
} from 'dockview-react'
import { createContext, useContext, useEffect, useRef } from 'react'
import { useFocus } from '../../base/index.ts'
import { arrange, type NamedPane, nameParts } from './arrange.ts'
import { Pane } from './pane.tsx'
import { PaneTitle } from './pane-header.tsx'
import { PaneKeys } from './pane-keys.tsx'
import type { PaneRun } from './panes.ts'

interface PaneGridProps {
  panes: readonly PaneRun[]
  onClose(run: string): void
}

/** What the panels show; they are made once, and told by it of every change. */
const Shown = createContext<PaneGridProps>({ panes: [], onClose: () => undefined })

const THEME = { name: 'thalogos', className: 'dockview-theme-thalogos' }

/** The panes in a grid that can be dragged apart and together. */
export function PaneGrid({ panes, onClose }: PaneGridProps) {
  const api = useRef<DockviewApi>(undefined)
  const frame = useRef<HTMLDivElement>(null)
  const isMoved = useRef(false)
  const chosen = useFocus((state) => state.run)
  const ids = panes.map(({ run }) => run.id)
  const wanted = ids.join()
  const named = useRef<NamedPane[]>([])
  named.current = panes.map(({ run, task }) => ({
    id: run.id,
    title: task?.title ?? 'Making the plan',
  }))
  useEffect(() => {
    if (wanted !== '' && api.current) arrange(api.current, named.current, isMoved.current)
    if (frame.current) nameParts(frame.current)
  }, [wanted])
  useEffect(() => {
    if (chosen !== undefined) api.current?.getPanel(chosen)?.api.setActive()
  }, [chosen])
  return (
    <Shown value={{ panes, onClose }}>
      <PaneKeys api={api} ids={ids} />
      <div ref={frame} className="h-full">
        <DockviewReact
          theme={THEME}
          components={COMPONENTS}
          defaultTabComponent={Tab}
          singleTabMode="fullwidth"
          disableFloatingGroups
          disableTabsOverflowList
          onReady={(ready) => {
            api.current = ready.api
            ready.api.onWillDrop(() => {
              isMoved.current = true
            })
            arrange(ready.api, named.current, false)
            if (frame.current) nameParts(frame.current)
          }}
        />
      </div>
    </Shown>
  )
}

function Panel({ api }: IDockviewPanelProps) {
  const { panes, onClose } = useContext(Shown)
  const pane = panes.find(({ run }) => run.id === api.id)
  return pane ? <Pane pane={pane} onClose={() => onClose(api.id)} /> : null
}

function Tab({ api, containerApi }: IDockviewPanelHeaderProps) {
  const { panes } = useContext(Shown)
  const pane = panes.find(({ run }) => run.id === api.id)
  const turn = () => {
    if (containerApi.hasMaximizedGroup()) containerApi.exitMaximizedGroup()
    else api.maximize()
  }
  // Its name is what it shows; the grid would name it by its number.
  const unname = (element: HTMLElement | null) =>
    element?.closest('[role="tab"]')?.removeAttribute('aria-label')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same as Alt+Enter, on the tab around it
    <div ref={unname} className="flex h-full min-w-0 items-center px-2" onDoubleClick={turn}>
      {pane && <PaneTitle pane={pane} />}
    </div>
  )
}

const COMPONENTS = { run: Panel }
