import { Network, Plus, Rows3 } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import type { Session, Task } from '../../../src-shared/contract/index.ts'
import {
  focus,
  isBoolean,
  useFocus,
  useIsLive,
  usePreference,
  useShown,
  useShownTime,
} from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { clockTime } from '../../ui/format.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { PastBanner } from '../../ui/past-banner.tsx'
import { useSize } from '../../ui/use-size.ts'
import { AddTask } from './add-task.tsx'
import { type Column, columnsOf } from './columns.ts'
import { TaskCard } from './task-card.tsx'
import { TaskGraph } from './task-graph.tsx'

/** The board of the session that is open. */
export function Board() {
  const id = useFocus((state) => state.session)
  const session = useShown(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  return session ? <Tasks session={session} /> : null
}

function Tasks({ session }: { session: Session }) {
  const time = useShownTime()
  const isLive = useIsLive()
  const [isAdding, setAdding] = useState(false)
  const [isGraph, setGraph] = usePreference('board.graph', false, isBoolean)
  const canAdd = time === undefined && session.state !== 'draft' && session.state !== 'finalized'
  if (session.tasks.length === 0) {
    return (
      <Empty
        title="No task yet"
        text="Once the plan is started, its tasks are here by how they stand."
      />
    )
  }
  return (
    <div className="flex h-full flex-col">
      <div className="flex shrink-0 items-center gap-1 p-2">
        {time !== undefined && (
          <PastBanner time={clockTime(time)} onBack={() => focus.playhead(undefined)} />
        )}
        <span className="grow" />
        <IconButton
          label="By how they stand"
          icon={Rows3}
          pressed={!isGraph}
          onClick={() => setGraph(false)}
        />
        <IconButton
          label="By what waits for what"
          icon={Network}
          pressed={isGraph}
          onClick={() => setGraph(true)}
        />
      </div>
      {isGraph ? (
        <Graph tasks={session.tasks} />
      ) : (
        <Columns tasks={session.tasks} isPast={time !== undefined} />
      )}
      {canAdd && (
        <footer className="shrink-0 border-t p-2">
          <Button icon={Plus} disabled={!isLive} onClick={() => setAdding(true)}>
            Add a task
          </Button>
        </footer>
      )}
      {isAdding && <AddTask session={session} onClose={() => setAdding(false)} />}
    </div>
  )
}

function Columns({ tasks, isPast }: { tasks: readonly Task[]; isPast: boolean }) {
  const approvals = useShown((state) => state.approvals)
  const columns = useMemo(() => columnsOf(tasks, Object.values(approvals)), [tasks, approvals])
  return (
    <div className="min-h-0 grow overflow-y-auto px-2 pb-3">
      {columns
        .filter((column) => column.tasks.length > 0 || column.empty !== '')
        .map((column) => (
          <Group key={column.id} column={column} isPast={isPast} />
        ))}
    </div>
  )
}

function Graph({ tasks }: { tasks: readonly Task[] }) {
  const frame = useRef<HTMLElement>(null)
  const { width } = useSize(frame)
  return (
    <section
      ref={frame}
      aria-label="What waits for what"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className="min-h-0 grow overflow-auto"
    >
      <TaskGraph tasks={tasks} width={width} />
    </section>
  )
}

const Group = ({
  column: { title, empty, tasks },
  isPast,
}: {
  column: Column
  isPast: boolean
}) => (
  <section aria-label={title} className="mt-3">
    <h2 className="flex justify-between px-1 pb-1 text-small font-medium text-soft">
      {title} <span className="tabular-nums">{tasks.length}</span>
    </h2>
    {tasks.length === 0 ? (
      <p className="rounded border border-dashed px-3 py-2 text-small text-soft">{empty}</p>
    ) : (
      <ul className="flex flex-col gap-1.5">
        {tasks.map((task) => (
          <TaskCard key={task.id} task={task} isPast={isPast} />
        ))}
      </ul>
    )}
  </section>
)
