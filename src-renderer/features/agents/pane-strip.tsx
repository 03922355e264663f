import { focus, useNow } from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { duration } from '../../ui/format.ts'
import { Mark } from '../../ui/mark.tsx'
import { elapsed, type PaneRun } from './panes.ts'
import { runLook } from './run-look.ts'

interface PaneStripProps {
  runs: readonly PaneRun[]
  onOpen(run: string): void
}

/** Runs without a pane, a line each; one click opens it with all it printed. */
export function PaneStrip({ runs, onOpen }: PaneStripProps) {
  const now = useNow()
  if (runs.length === 0) return null
  return (
    <section
      aria-label="Closed panes"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className="max-h-24 shrink-0 overflow-y-auto border-t bg-surface py-1"
    >
      <ul>
        {runs.map(({ run, task }) => (
          <li key={run.id}>
            <button
              type="button"
              className="flex h-6 w-full items-center gap-2 px-3 text-left text-small hover:bg-sunken"
              onClick={() => {
                onOpen(run.id)
                focus.run(run.id, task?.id)
              }}
            >
              <AgentMark agent={run.agent} hideName />
              <span dir="auto" className="min-w-0 grow truncate">
                {task?.title ?? 'Making the plan'}
              </span>
              <Mark {...runLook(run, task, false)} />
              <span className="w-14 text-right text-soft tabular-nums">
                {duration(elapsed(run, now))}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
