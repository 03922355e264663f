import { useState } from 'react'
import type { Approval } from '../../../src-shared/contract/index.ts'
import { call, useIsLive } from '../../base/index.ts'
import { agentLook } from '../../ui/agent-mark.tsx'
import { Button } from '../../ui/button.tsx'
import { TextInput } from '../../ui/field.tsx'
import { Mark } from '../../ui/mark.tsx'
import { toast } from '../../ui/toast.tsx'

type Decision = 'allow' | 'allow_session' | 'deny'

/** A question that only the user may answer; once it is answered, a line. */
export function ApprovalCard({ approval }: { approval: Approval }) {
  if (approval.state !== 'open') return <Decided approval={approval} />
  return <Open approval={approval} />
}

function Decided({ approval: { question, state, scope, note } }: { approval: Approval }) {
  const isAllowed = state === 'allowed'
  const word = isAllowed ? (scope === 'session' ? 'allowed for the session' : 'allowed') : 'denied'
  return (
    <div className="flex items-baseline gap-2 text-small">
      <Mark tone={isAllowed ? 'good' : 'bad'} glyph={isAllowed ? '✓' : '✗'} word={word} />
      <bdi className="min-w-0 truncate text-soft" title={question}>
        {question}
        {note ? ` – ${note}` : ''}
      </bdi>
    </div>
  )
}

function Open({ approval }: { approval: Approval }) {
  const { id, agent, kind, question, subject } = approval
  const isLive = useIsLive()
  const [note, setNote] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const decide = async (decision: Decision) => {
    setBusy(true)
    const done = await call('decideApproval', {
      approval: id,
      decision,
      ...(note?.trim() ? { note: note.trim() } : {}),
    })
    setBusy(false)
    if (!done.ok) toast(done.error.message, { tone: 'bad' })
  }
  const isOff = !isLive || isBusy
  const who = agent === undefined ? 'Thalogos' : agentLook(agent).name
  return (
    <section aria-label={`${who} asks`} className="rounded border border-wait bg-surface">
      <h2 className="border-b bg-wait-soft px-3 py-1.5 font-medium text-wait">▲ {who} asks</h2>
      <div className="flex flex-col gap-2 p-3">
        <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
          {question}
        </p>
        {kind === 'permission' && subject !== '' && !question.includes(subject) && (
          <pre className="max-h-40 overflow-auto rounded bg-ground p-2 font-mono text-code whitespace-pre-wrap wrap-anywhere">
            {subject}
          </pre>
        )}
        {note !== undefined && (
          <TextInput
            autoFocus
            dir="auto"
            aria-label="Why not, or what to do instead"
            placeholder="Why not, or what to do instead"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && void decide('deny')}
          />
        )}
        <div className="flex flex-wrap gap-2">
          <Button tone="primary" disabled={isOff} onClick={() => void decide('allow')}>
            Allow once
          </Button>
          {kind === 'permission' && (
            <Button disabled={isOff} onClick={() => void decide('allow_session')}>
              Allow in this session
            </Button>
          )}
          <Button
            tone="quiet"
            disabled={isOff}
            onClick={() => (note === undefined ? setNote('') : void decide('deny'))}
          >
            {note === undefined ? 'Deny …' : 'Deny'}
          </Button>
        </div>
      </div>
    </section>
  )
}
