import { Ellipsis, FileDiff, MessageSquare, RotateCcw, Square } from 'lucide-react'
import { useState } from 'react'
import type { Task } from '../../../src-shared/contract/index.ts'
import { call, focus, useFocus, useIsLive, useShown } from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { classNames } from '../../ui/class-names.ts'
import { count } from '../../ui/format.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Mark, TaskMark } from '../../ui/mark.tsx'
import { Menu } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import { TellTask } from './tell-task.tsx'

/** One task: who, what, how it stands, and why. */
export function TaskCard({ task, isPast }: { task: Task; isPast: boolean }) {
  const isChosen = useFocus((state) => state.task === task.id)
  const isAsked = useShown(({ approvals }) =>
    Object.values(approvals).some(({ state, taskId }) => state === 'open' && taskId === task.id),
  )
  const { id, title, agent, wantedAgent, state, reason, needs, runs, evidence } = task
  const facts = [
    needs.length > 0 ? `needs ${needs.join(', ')}` : '',
    runs.length > 1 ? count(runs.length, 'run') : '',
    evidence.length > 0
      ? `${evidence.filter(({ exitCode }) => exitCode === 0).length} of ${count(evidence.length, 'check')} green`
      : '',
  ].filter(Boolean)
  return (
    <li
      className={classNames(
        'flex items-start gap-1 rounded border bg-raised py-1.5 pr-1 pl-3',
        isChosen && 'border-action',
      )}
    >
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={() => focus.task(id)}
        className="min-w-0 grow text-left"
      >
        <span dir="auto" className="line-clamp-2 font-medium wrap-anywhere">
          {title}
        </span>
        <span className="flex flex-wrap items-center gap-x-3 text-small">
          {isAsked ? <Mark tone="wait" glyph="?" word="asks you" /> : <TaskMark state={state} />}
          {(agent ?? wantedAgent) !== undefined && <AgentMark agent={agent ?? wantedAgent ?? ''} />}
        </span>
        {reason && state !== 'integrated' && (
          <bdi className="block text-small text-soft wrap-anywhere">{reason.message}</bdi>
        )}
        {facts.length > 0 && (
          <span className="block text-small text-soft">{facts.join(' · ')}</span>
        )}
      </button>
      {!isPast && <Deeds task={task} />}
    </li>
  )
}

const OVER = ['integrated', 'cancelled']
const AGAIN = ['failed', 'conflicted', 'cancelled']

function Deeds({ task }: { task: Task }) {
  const isLive = useIsLive()
  const [isTelling, setTelling] = useState(false)
  const place = { session: task.sessionId, task: task.id }
  const ask = async (name: 'cancelTask' | 'retryTask') => {
    const done = await call(name, place)
    if (!done.ok) toast(done.error.message, { tone: 'bad' })
  }
  const isOver = OVER.includes(task.state)
  return (
    <>
      <Menu
        label={`What can be done with ${task.title}`}
        trigger={<IconButton label="What can be done" icon={Ellipsis} />}
        items={[
          {
            id: 'diff',
            label: 'What it changed',
            icon: FileDiff,
            onSelect: () => focus.review(task.id),
          },
          {
            id: 'tell',
            label: 'Tell its agent something …',
            icon: MessageSquare,
            disabled: !isLive || isOver,
            onSelect: () => setTelling(true),
          },
          {
            id: 'retry',
            label: 'Start it again',
            icon: RotateCcw,
            disabled: !isLive || !AGAIN.includes(task.state),
            onSelect: () => void ask('retryTask'),
          },
          {
            id: 'cancel',
            label: 'Cancel it; its work is kept',
            icon: Square,
            danger: true,
            disabled: !isLive || isOver,
            onSelect: () => void ask('cancelTask'),
          },
        ]}
      />
      {isTelling && <TellTask task={task} onClose={() => setTelling(false)} />}
    </>
  )
}
