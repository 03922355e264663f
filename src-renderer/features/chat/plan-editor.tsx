import { Play, Plus, Sparkles } from 'lucide-react'
import { useState } from 'react'
import type { PlanTask, Session } from '../../../src-shared/contract/index.ts'
import { type ApiError, call, useIsLive, useProjection } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { emptyTask, withoutTask, withTask } from './plan-edits.ts'
import { PlanTaskForm } from './plan-task-form.tsx'

/** The plan of a draft: made by an agent or by hand, edited, then started. */
export function PlanEditor({ session }: { session: Session }) {
  const isLive = useIsLive()
  const isPlanning = useProjection(({ planning }) =>
    (planning[session.id] ?? []).some(({ state }) => state !== 'ended'),
  )
  const [edited, setEdited] = useState<readonly PlanTask[]>()
  const [error, setError] = useState<ApiError>()
  const [isBusy, setBusy] = useState(false)
  const tasks = edited ?? session.plan?.tasks ?? []
  const isReady =
    tasks.length > 0 && tasks.every(({ title, prompt }) => title.trim() && prompt.trim())

  const doIt = async (deed: () => Promise<{ ok: boolean; error?: ApiError }>) => {
    setBusy(true)
    const done = await deed()
    setBusy(false)
    setError(done.ok ? undefined : done.error)
    return done.ok
  }
  const put = (plan: readonly PlanTask[]) =>
    call('editPlan', { session: session.id, tasks: [...plan] })
  // Beside what the user does next: nothing is switched off, or a click on Start would be lost.
  const keep = async (plan: readonly PlanTask[]) => {
    const kept = await put(plan)
    setError(kept.ok ? undefined : kept.error)
  }
  const havePlanned = async () => {
    // What the agent plans takes the place of what was written before.
    if (await doIt(() => call('planSession', { session: session.id }))) setEdited(undefined)
  }
  const start = async () => {
    if (edited && !(await doIt(() => put(edited)))) return
    await doIt(() => call('startSession', { session: session.id }))
  }
  const change = (plan: readonly PlanTask[]) => setEdited(plan)
  return (
    <section aria-label="Plan" className="rounded border">
      <header className="flex items-center justify-between border-b px-3 py-1.5">
        <h2 className="font-medium">Plan</h2>
        {isPlanning && <Spinner label="An agent makes the plan …" />}
      </header>
      {tasks.length === 0 && !isPlanning && (
        <p className="px-3 pt-3 text-soft">
          An agent can split the goal into tasks, or you write them. Nothing starts before you say
          so.
        </p>
      )}
      <ol>
        {tasks.map((task, index) => (
          <PlanTaskForm
            key={task.id ?? index}
            task={task}
            others={tasks.filter((other) => other !== task)}
            onChange={(next) => change(withTask(tasks, index, next))}
            onRemove={() => change(withoutTask(tasks, index))}
            onDone={() => edited && isReady && void keep(edited)}
          />
        ))}
      </ol>
      {error && (
        <div className="p-3">
          <ErrorNotice error={error} />
        </div>
      )}
      <footer className="flex flex-wrap gap-2 p-3">
        {isReady ? (
          <Button
            tone="primary"
            icon={Play}
            disabled={!isLive || isBusy}
            onClick={() => void start()}
          >
            Start
          </Button>
        ) : (
          <Button
            tone={tasks.length === 0 ? 'primary' : 'plain'}
            icon={Sparkles}
            disabled={!isLive || isBusy || isPlanning}
            onClick={() => void havePlanned()}
          >
            Have it planned
          </Button>
        )}
        <Button icon={Plus} onClick={() => change([...tasks, emptyTask(tasks)])}>
          Add a task
        </Button>
      </footer>
    </section>
  )
}
