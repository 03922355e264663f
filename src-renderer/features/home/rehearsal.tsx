import { Play } from 'lucide-react'
import { useState } from 'react'
import { type ApiError, call, focus, useIsLive, world } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { Card } from './card.tsx'

/** The whole way to Save on a sample project, without an agent CLI or a key. */
export function Rehearsal() {
  const isLive = useIsLive()
  const [isStarting, setStarting] = useState(false)
  const [error, setError] = useState<ApiError>()
  const start = async () => {
    setStarting(true)
    setError(undefined)
    const started = await call('startRehearsal', {})
    setStarting(false)
    if (!started.ok) return setError(started.error)
    const { projection } = world.getState()
    const { value } = started
    world.setState({
      projection: { ...projection, sessions: { [value.id]: value, ...projection.sessions } },
    })
    focus.session(value.id)
  }
  return (
    <Card title="Try a rehearsal">
      <p className="text-soft">
        Three agents work on a sample project. They follow a script instead of asking a model: no
        key, no network. What they edit, and what is checked, merged and saved, is real.
      </p>
      <div className="mt-3 flex items-center gap-3">
        <Button
          tone="primary"
          icon={Play}
          disabled={!isLive || isStarting}
          onClick={() => void start()}
        >
          Try a rehearsal
        </Button>
        {isStarting && <Spinner label="Making the sample …" />}
      </div>
      {error && (
        <div role="alert" className="mt-3">
          <Notice
            tone="bad"
            title="The rehearsal did not start."
            text={`${error.message} Your projects are untouched.`}
          />
        </div>
      )}
    </Card>
  )
}
