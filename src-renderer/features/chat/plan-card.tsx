import type { Session, Task } from '../../../src-shared/contract/index.ts'
import { focus, useFocus, useProjection } from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { classNames } from '../../ui/class-names.ts'
import { count } from '../../ui/format.ts'
import { TaskMark } from '../../ui/mark.tsx'

/** The tasks of a session that has begun, each with its state of the moment. */
export function PlanCard({ session: { tasks } }: { session: Session }) {
  const done = tasks.filter(({ state }) => state === 'integrated').length
  return (
    <section aria-label="Plan" className="rounded border">
      <header className="flex justify-between border-b px-3 py-1.5">
        <h2 className="font-medium">Plan · {count(tasks.length, 'task')}</h2>
        <span className="text-small text-soft tabular-nums">
          {done} of {tasks.length} merged
        </span>
      </header>
      <ul>
        {tasks.map((task) => (
          <Row key={task.id} task={task} />
        ))}
      </ul>
    </section>
  )
}

function Row({ task }: { task: Task }) {
  const isChosen = useFocus((state) => state.task === task.id)
  const check = useProjection(({ checking }) => checking[task.id])
  const { id, title, agent, wantedAgent, state, needs, files, reason } = task
  const more =
    check === undefined
      ? (reason?.message ?? (needs.length > 0 ? `needs ${needs.join(', ')}` : files.join(', ')))
      : `check ${check} runs`
  return (
    <li className="border-b last:border-b-0">
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={() => focus.task(id)}
        className={classNames(
          'flex w-full items-start gap-2 px-3 py-1.5 text-left transition-colors hover:bg-raised',
          isChosen && 'bg-raised',
        )}
      >
        <AgentMark agent={agent ?? wantedAgent ?? '?'} hideName />
        <span className="min-w-0 grow">
          <span dir="auto" className="line-clamp-2 wrap-anywhere">
            {title}
          </span>
          {more !== '' && (
            <bdi className="block truncate text-small text-soft" title={more}>
              {more}
            </bdi>
          )}
        </span>
        <span className="shrink-0 text-small">
          <TaskMark state={state} />
        </span>
      </button>
    </li>
  )
}
