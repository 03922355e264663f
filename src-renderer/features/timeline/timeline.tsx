import { useEffect, useMemo, useRef, useState } from 'react'
import type { Session, StoredEvent } from '../../../src-shared/contract/index.ts'
import { focus, preparePast, useFocus, useNow, useProjection, useWorld } from '../../base/index.ts'
import { Empty } from '../../ui/empty.tsx'
import { clockTime } from '../../ui/format.ts'
import { PastBanner } from '../../ui/past-banner.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useSize } from '../../ui/use-size.ts'
import { Drawing } from './drawing.tsx'
import { LaneNames } from './lane-names.tsx'
import { modelOf } from './model.ts'
import { Playhead } from './playhead.tsx'
import { fitted, panned, type View, within, zoomed } from './scale.ts'
import { lanesOf } from './scene.ts'

/** The timeline of the session that is open. */
export function Timeline() {
  const id = useFocus((state) => state.session)
  const session = useProjection(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  const history = useWorld((world) => (id === undefined ? undefined : world.history[id]))
  if (!session) return null
  if (!history) {
    return (
      <div className="p-3">
        <Spinner label="Reading what happened …" />
      </div>
    )
  }
  if (!history.some(({ type }) => type === 'run.started')) {
    return (
      <Empty
        title="Nothing has happened yet"
        text="Runs, checks, merges and checkpoints will be here."
      />
    )
  }
  return <Lanes session={session} history={history} />
}

interface LanesProps {
  session: Session
  history: readonly StoredEvent[]
}

function Lanes({ session, history }: LanesProps) {
  const frame = useRef<HTMLDivElement>(null)
  const { width, height } = useSize(frame)
  const clock = useNow()
  const [chosen, setView] = useState<View>()
  const playhead = useFocus((state) => state.playhead)
  const model = useMemo(() => modelOf(history), [history])
  // A session at rest does not move on.
  const now = session.state === 'active' ? Math.max(clock, model.end) : model.end
  const view = useMemo(() => chosen ?? fitted(model.start, now), [chosen, model.start, now])
  const lanes = useMemo(() => lanesOf(model.agents.length, height), [model.agents.length, height])
  const drawn = useMemo(() => ({ now, width, lanes }), [now, width, lanes])
  const move = (next: View) => setView(within(next, model.start, now))
  const middle = (view.from + view.to) / 2
  const onKey = (key: string): boolean => {
    const span = view.to - view.from
    if (key === '+' || key === '=') move(zoomed(view, 1 / ZOOM, middle))
    else if (key === '-') move(zoomed(view, ZOOM, middle))
    else if (key === '0') setView(undefined)
    else if (key === '<') move(panned(view, -span / 4))
    else if (key === '>') move(panned(view, span / 4))
    else return false
    return true
  }
  useEffect(() => {
    const timer = setInterval(() => {
      if (!preparePast(history)) clearInterval(timer)
    }, PREPARE_MS)
    return () => clearInterval(timer)
  }, [history])
  const seen = history.findLast(({ seq }) => playhead !== undefined && seq <= playhead)
  return (
    <div className="flex h-full">
      <LaneNames agents={model.agents} lanes={lanes} />
      <div
        ref={frame}
        className="relative min-w-0 grow overflow-x-hidden overflow-y-auto"
        onWheel={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          const span = view.to - view.from
          const around = view.from + ((event.clientX - box.left) / Math.max(1, width)) * span
          if (event.ctrlKey || event.metaKey)
            move(zoomed(view, event.deltaY > 0 ? ZOOM : 1 / ZOOM, around))
          else if (event.deltaX !== 0)
            move(panned(view, (event.deltaX / Math.max(1, width)) * span))
        }}
      >
        <Drawing model={model} drawn={drawn} view={view} session={session} />
        <Playhead
          history={history}
          view={view}
          width={width}
          height={lanes.total}
          at={seen ? Date.parse(seen.at) : now}
          onKey={onKey}
        />
        {seen && (
          <div className="absolute top-1 right-2 z-20">
            <PastBanner time={clockTime(seen.at)} onBack={() => focus.playhead(undefined)} />
          </div>
        )}
      </div>
    </div>
  )
}

// Between two parts of what a drag of the playhead will need.
const PREPARE_MS = 50
// A turn of the wheel: four of them double it.
const ZOOM = 1.19
