import { useRef, useState } from 'react'
import { useProjection } from '../../base/index.ts'
import { Notice } from '../../ui/notice.tsx'
import { PaneActions, PaneFacts } from './pane-header.tsx'
import type { PaneMode } from './pane-mode.ts'
import { isTakenOver, type PaneRun } from './panes.ts'
import { SearchBar } from './search-bar.tsx'
import type { PageTerminal } from './terminal/create-terminal.ts'
import { TerminalView } from './terminal/terminal-view.tsx'
import { TranscriptView } from './transcript-view.tsx'

/** One run: its terminal, what it says about itself, and what can be done with it. */
export function Pane({ pane, onClose }: { pane: PaneRun; onClose(): void }) {
  const { run, task, isOver } = pane
  const isYours = isTakenOver(run) && !isOver
  const [chosen, setMode] = useState<PaneMode>()
  const [isSearching, setSearching] = useState(false)
  const terminal = useRef<PageTerminal>(undefined)
  const mode = chosen ?? (isTakenOver(run) ? 'raw' : 'readable')
  const label = `${run.agent}: ${task?.title ?? 'making the plan'}`
  return (
    <section
      data-pane
      tabIndex={-1}
      aria-label={label}
      className="flex h-full flex-col outline-none"
    >
      <PaneNotice pane={pane} />
      {isSearching && mode !== 'text' && (
        <SearchBar terminal={terminal} onClose={() => setSearching(false)} />
      )}
      <div className="min-h-0 grow">
        {mode === 'text' ? (
          <TranscriptView run={run.id} label={`Transcript of ${label}`} />
        ) : (
          <TerminalView
            key={mode}
            run={run.id}
            view={mode}
            label={`Terminal of ${label}`}
            isInteractive={isYours && mode === 'raw'}
            handle={terminal}
          />
        )}
      </div>
      <footer className="flex h-8 shrink-0 items-center justify-between gap-2 border-t bg-surface px-2">
        <PaneFacts pane={pane} />
        <PaneActions
          pane={pane}
          mode={mode}
          onMode={setMode}
          onSearch={() => setSearching(true)}
          onClose={onClose}
        />
      </footer>
    </section>
  )
}

/** What somebody should know about this run now. */
function PaneNotice({ pane: { run, isOver } }: { pane: PaneRun }) {
  const alert = useProjection(({ alerts }) =>
    Object.values(alerts).find(({ runId }) => runId === run.id),
  )
  if (alert && !isOver) {
    return (
      <div className="p-2">
        <Notice tone="wait" title={alert.message} />
      </div>
    )
  }
  if (run.reason === undefined || run.outcome === 'succeeded') return null
  return (
    <div className="p-2">
      <Notice tone={run.outcome === 'failed' ? 'bad' : 'wait'} title={run.reason.message} />
    </div>
  )
}
