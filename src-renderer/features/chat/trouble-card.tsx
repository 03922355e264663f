import { RotateCcw, X } from 'lucide-react'
import { useState } from 'react'
import type { Task } from '../../../src-shared/contract/index.ts'
import { call, focus, useIsLive, useProjection } from '../../base/index.ts'
import { Button } from '../../ui/button.tsx'
import { EvidenceList } from '../../ui/evidence/evidence-list.tsx'
import { TextInput } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { toast } from '../../ui/toast.tsx'

/** A task that does not go on by itself: why, what was tried, and the choices. */
export function TroubleCard({ task }: { task: Task }) {
  const isLive = useIsLive()
  const [note, setNote] = useState('')
  const place = { session: task.sessionId, task: task.id }
  const ask = async (name: 'retryTask' | 'cancelTask') => {
    const done = await (name === 'retryTask'
      ? call(name, { ...place, note: note.trim() })
      : call(name, place))
    if (!done.ok) toast(done.error.message, { tone: 'bad' })
  }
  const red = task.evidence.filter(({ exitCode }) => exitCode !== 0).slice(-1)
  return (
    <Notice
      tone={task.state === 'conflicted' ? 'wait' : 'bad'}
      title={
        <bdi>
          {task.state === 'conflicted' ? 'Conflict: ' : 'Failed: '}
          {task.title}
        </bdi>
      }
      text={
        <div className="flex flex-col gap-2">
          {task.reason && <p>{task.reason.message}</p>}
          <Conflicting task={task} />
          {red.length > 0 && <EvidenceList evidence={red} />}
          <p className="text-small">
            Tried {task.runs.length === 1 ? 'once' : `${task.runs.length} times`}; its work is kept.
          </p>
          <TextInput
            dir="auto"
            aria-label="A word to the agent"
            placeholder="A word to the agent (may be empty)"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </div>
      }
      actions={
        <>
          <Button small icon={RotateCcw} disabled={!isLive} onClick={() => void ask('retryTask')}>
            Retry
          </Button>
          <Button small onClick={() => focus.review(task.id)}>
            Its changes
          </Button>
          <Button
            small
            icon={X}
            tone="quiet"
            disabled={!isLive}
            onClick={() => void ask('cancelTask')}
          >
            Cancel the task
          </Button>
        </>
      }
    />
  )
}

/** The files that two sides changed, and what the other side wanted. */
function Conflicting({ task }: { task: Task }) {
  const conflict = useProjection(({ conflicts }) => conflicts[task.id])
  if (task.state !== 'conflicted' || !conflict) return null
  return (
    <div>
      <p>
        This task and what was merged before it (
        <code className="font-mono text-code">{conflict.ours.slice(0, 8)}</code>) both changed:
      </p>
      <ul className="font-mono text-code text-strong">
        {conflict.files.map((file) => (
          <li key={file} className="wrap-anywhere">
            <bdi>{file}</bdi>
          </li>
        ))}
      </ul>
    </div>
  )
}
