import { useState } from 'react'
import type { Session } from '../../../src-shared/contract/index.ts'
import { type ApiError, call, useProjection } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field, Select, Switch, TextArea, TextInput } from '../../ui/field.tsx'

// The router's choice; no agent is called that.
const ANYONE = ''

/** One more task for a session that has begun. */
export function AddTask({ session, onClose }: { session: Session; onClose(): void }) {
  const agents = useProjection((state) => state.agents)
  const [title, setTitle] = useState('')
  const [prompt, setPrompt] = useState('')
  const [agent, setAgent] = useState(ANYONE)
  const [needs, setNeeds] = useState<readonly string[]>([])
  const [error, setError] = useState<ApiError>()
  const add = async () => {
    const done = await call('delegateTask', {
      session: session.id,
      title: title.trim(),
      prompt: prompt.trim(),
      needs: [...needs],
      ...(agent === ANYONE ? {} : { agent }),
    })
    if (done.ok) onClose()
    else setError(done.error)
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Add a task"
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            tone="primary"
            disabled={title.trim() === '' || prompt.trim() === ''}
            onClick={() => void add()}
          >
            Add
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 pb-2">
        {error && <ErrorNotice error={error} />}
        <Field label="Title">
          <TextInput
            dir="auto"
            maxLength={300}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
        </Field>
        <Field label="What to do">
          <TextArea
            dir="auto"
            rows={4}
            value={prompt}
            onChange={(event) => setPrompt(event.currentTarget.value)}
          />
        </Field>
        <Field label="Agent">
          <Select
            value={agent}
            onChange={setAgent}
            options={[
              { value: ANYONE, label: 'whoever fits best' },
              ...Object.values(agents)
                .filter(({ available, onRequest }) => available && !onRequest)
                .map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        </Field>
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 font-medium">After</legend>
          {session.tasks.map(({ id, key, title: other }) => (
            <Switch
              key={id}
              label={<bdi>{other}</bdi>}
              checked={needs.includes(key)}
              onChange={(isIn) =>
                setNeeds(isIn ? [...needs, key] : needs.filter((one) => one !== key))
              }
            />
          ))}
        </fieldset>
      </div>
    </Dialog>
  )
}
