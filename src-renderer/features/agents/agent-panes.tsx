import { useMemo, useState } from 'react'
import type { Session } from '../../../src-shared/contract/index.ts'
import { useFocus, useProjection } from '../../base/index.ts'
import { Empty } from '../../ui/empty.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { PaneGrid } from './pane-grid.tsx'
import { PaneStrip } from './pane-strip.tsx'
import { type Choices, paneRuns, shownRuns } from './panes.ts'

/** All runs of the session that is open. */
export function AgentPanes() {
  const id = useFocus((state) => state.session)
  const session = useProjection(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  return session ? <Panes session={session} /> : null
}

function Panes({ session }: { session: Session }) {
  const planning = useProjection((state) => state.planning[session.id])
  const playhead = useFocus((state) => state.playhead)
  const [choices, setChoices] = useState<Choices>({})
  const all = useMemo(() => paneRuns(session, planning), [session, planning])
  const shown = useMemo(() => shownRuns(all, choices), [all, choices])
  const others = all.filter((pane) => !shown.includes(pane))
  if (all.length === 0) return <Nobody session={session} />
  return (
    <div className="flex h-full flex-col">
      {playhead !== undefined && (
        <p role="status" className="shrink-0 border-b bg-action-soft px-3 py-1 text-small">
          The terminals show now; board and timeline show the moment of the playhead.
        </p>
      )}
      <div className="min-h-0 grow">
        {shown.length === 0 ? (
          <Empty title="All panes are closed" text="The runs are below; a click opens one." />
        ) : (
          <PaneGrid
            panes={shown}
            onClose={(run) => setChoices((before) => ({ ...before, [run]: 'closed' }))}
          />
        )}
      </div>
      <PaneStrip
        runs={others}
        onOpen={(run) => setChoices((before) => ({ ...before, [run]: 'open' }))}
      />
    </div>
  )
}

const Nobody = ({ session }: { session: Session }) =>
  session.state === 'active' ? (
    <div className="flex h-full items-center justify-center">
      <Spinner label="Getting the first copies of the repository ready …" />
    </div>
  ) : (
    <Empty
      title="No agent has started yet"
      text="Each agent will have a pane here, with its terminal live. Start the plan in the chat."
    />
  )
