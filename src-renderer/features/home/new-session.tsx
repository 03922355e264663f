import { ArrowRight } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import type { Project } from '../../../src-shared/contract/index.ts'
import { call, focus, isText, useIsLive, usePreference, useProjection } from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { Button } from '../../ui/button.tsx'
import { Field, Switch, TextArea, TextInput } from '../../ui/field.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { Card } from './card.tsx'
import { FolderInput } from './folder-input.tsx'
import { makeDraft, type Opened, openProject } from './open-project.ts'
import { TrustPanel } from './trust-panel.tsx'

/** A goal on a repository becomes a draft whose plan can be edited before anything starts. */
export function NewSession() {
  const [repo, setRepo] = usePreference('home.repo', '', isText)
  const [goal, setGoal] = usePreference('home.goal', '', isText)
  const [target, setTarget] = useState('')
  const [left, setLeft] = useState<readonly string[]>([])
  const [trusts, setTrusts] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<{ where: 'repo' | 'goal'; text: string }>()
  const [opened, setOpened] = useState<Opened>()
  const projects = useProjects()
  const isLive = useIsLive()
  const agents = useProjection((state) => state.agents)
  const usable = Object.values(agents).filter(({ available, onRequest }) => available && !onRequest)

  const look = async (path: string) => {
    setError(undefined)
    setOpened(undefined)
    if (path.trim() === '') return
    const found = await openProject(path.trim())
    setOpened(found)
    setTrusts(found.view?.trusted === true)
    if (found.problem !== undefined) setError({ where: 'repo', text: found.problem })
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (goal.trim() === '') return setError({ where: 'goal', text: 'Say what is to be done.' })
    setBusy(true)
    const made = await makeDraft({
      repo,
      goal,
      target,
      trusts,
      usable: usable.map(({ id }) => id),
      leftOut: left,
      view: opened?.view,
    })
    setBusy(false)
    if (!made.ok) {
      const isGoal = made.error.code.startsWith('goal_')
      return setError({ where: isGoal ? 'goal' : 'repo', text: made.error.message })
    }
    setGoal('')
    focus.session(made.value.id)
  }
  return (
    <Card title="New session">
      <form className="flex flex-col gap-3" onSubmit={(event) => void submit(event)}>
        <FolderInput
          value={repo}
          onChange={setRepo}
          onDone={(path) => void look(path)}
          projects={projects}
          error={error?.where === 'repo' ? error.text : undefined}
        />
        <Field label="Goal" error={error?.where === 'goal' && error.text}>
          <TextArea
            dir="auto"
            rows={4}
            value={goal}
            onChange={(event) => setGoal(event.currentTarget.value)}
            placeholder="What is to be done, in your own words. It becomes a plan that you can edit before anything starts."
          />
        </Field>
        <div className="grid gap-3 sm:grid-cols-2">
          <fieldset>
            <legend className="mb-1 font-medium">Agents</legend>
            {usable.length === 0 && <p className="text-soft">None is usable yet; see beside.</p>}
            <div className="flex flex-col gap-1">
              {usable.map(({ id }) => (
                <Switch
                  key={id}
                  label={<AgentMark agent={id} />}
                  checked={!left.includes(id)}
                  onChange={(isIn) =>
                    setLeft(isIn ? left.filter((one) => one !== id) : [...left, id])
                  }
                />
              ))}
            </div>
          </fieldset>
          <Field label="Branch that Save moves" hint="Only Save and Roll back ever change it.">
            <TextInput
              value={target}
              onChange={(event) => setTarget(event.currentTarget.value)}
              placeholder={opened?.view?.target ?? 'the checked out branch'}
            />
          </Field>
        </div>
        {opened?.view && <TrustPanel view={opened.view} trusts={trusts} onChange={setTrusts} />}
        <div className="flex items-center gap-3">
          <Button
            type="submit"
            tone="primary"
            icon={ArrowRight}
            disabled={!isLive || isBusy || repo.trim() === ''}
          >
            Make a draft
          </Button>
          {isBusy && <Spinner label="Opening the repository …" />}
        </div>
      </form>
    </Card>
  )
}

function useProjects(): readonly Project[] {
  const [projects, setProjects] = useState<readonly Project[]>([])
  const isLive = useIsLive()
  useEffect(() => {
    if (!isLive) return
    void call('listProjects', {}).then((found) => found.ok && setProjects(found.value))
  }, [isLive])
  return projects
}
