import { Trash2 } from 'lucide-react'
import type { PlanTask } from '../../../src-shared/contract/index.ts'
import { useProjection } from '../../base/index.ts'
import { classNames } from '../../ui/class-names.ts'
import { Select, TextArea, TextInput } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { toggleNeed } from './plan-edits.ts'

interface PlanTaskFormProps {
  task: PlanTask
  others: readonly PlanTask[]
  onChange(task: PlanTask): void
  onRemove(): void
  /** The user went on to something else. */
  onDone(): void
}

// The router's choice; no agent is called that.
const ANYONE = ''

/** One task of a plan: what, by whom, after which. */
export function PlanTaskForm({ task, others, onChange, onRemove, onDone }: PlanTaskFormProps) {
  const agents = useProjection((state) => state.agents)
  const { title, prompt, agent, needs } = task
  const options = Object.values(agents)
    .filter(({ id: one, onRequest }) => !onRequest || one === agent)
    .map((one) => ({ value: one.id, label: one.available ? one.name : `${one.name} (not usable)` }))
  return (
    <li className="flex flex-col gap-1.5 border-b p-3" onBlur={onDone}>
      <div className="flex items-center gap-1">
        <TextInput
          dir="auto"
          aria-label="Title of the task"
          placeholder="Title of the task"
          maxLength={300}
          value={title}
          onChange={(event) => onChange({ ...task, title: event.currentTarget.value })}
        />
        <IconButton label="Take the task out of the plan" icon={Trash2} onClick={onRemove} />
      </div>
      <TextArea
        dir="auto"
        rows={2}
        aria-label={`What to do in ${title || 'this task'}`}
        placeholder="What to do, as you would tell a colleague"
        value={prompt}
        onChange={(event) => onChange({ ...task, prompt: event.currentTarget.value })}
      />
      <Select
        aria-label={`Agent for ${title || 'this task'}`}
        value={agent ?? ANYONE}
        onChange={(chosen) => {
          const { agent: _before, ...rest } = task
          onChange(chosen === ANYONE ? rest : { ...rest, agent: chosen })
        }}
        options={[{ value: ANYONE, label: 'whoever fits best' }, ...options]}
      />
      {others.length > 0 && (
        <fieldset className="flex flex-wrap items-center gap-1 text-small">
          <legend className="float-left mr-2 text-soft">after</legend>
          {others.map((other) => (
            <label
              key={other.id}
              className={classNames(
                'inline-flex max-w-full items-center rounded-full border px-2 focus-within:outline-2 focus-within:outline-action',
                needs.includes(other.id ?? '') ? 'border-action bg-action-soft' : 'text-soft',
              )}
            >
              <input
                type="checkbox"
                className="sr-only"
                checked={needs.includes(other.id ?? '')}
                onChange={() => onChange(toggleNeed(task, other.id ?? ''))}
              />
              <bdi className="truncate">{other.title || other.id}</bdi>
            </label>
          ))}
        </fieldset>
      )}
    </li>
  )
}
