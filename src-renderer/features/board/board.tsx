import { Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Session } from '../../../src-shared/contract/index.ts'
import { focus, useFocus, useIsLive, useShown, useShownTime } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { clockTime } from '../../ui/format.ts'
import { PastBanner } from '../../ui/past-banner.tsx'
import { AddTask } from './add-task.tsx'
import { type Column, columnsOf } from './columns.ts'
import { TaskCard } from './task-card.tsx'

/** The board of the session that is open. */
export function Board() {
  const id = useFocus((state) => state.session)
  const session = useShown(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  return session ? <Tasks session={session} /> : null
}

function Tasks({ session }: { session: Session }) {
  const approvals = useShown((state) => state.approvals)
  const time = useShownTime()
  const isLive = useIsLive()
  const [isAdding, setAdding] = useState(false)
  const columns = useMemo(
    () => columnsOf(session.tasks, Object.values(approvals)),
    [session.tasks, approvals],
  )
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
      <div className="min-h-0 grow overflow-y-auto px-2 pb-3">
        {time !== undefined && (
          <div className="pt-2">
            <PastBanner time={clockTime(time)} onBack={() => focus.playhead(undefined)} />
          </div>
        )}
        {columns
          .filter(({ tasks, empty }) => tasks.length > 0 || empty !== '')
          .map((column) => (
            <Group key={column.id} column={column} isPast={time !== undefined} />
          ))}
      </div>
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
