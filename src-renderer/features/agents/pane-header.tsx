import { FileDiff, Hand, Keyboard, Minus, Search, Square, SquareTerminal, Text } from 'lucide-react'
import { focus, useIsLive, useNow, useProjection } from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { duration, money, tokens } from '../../ui/format.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { cancel, handBack, takeOver } from './deeds.ts'
import type { PaneMode } from './pane-mode.ts'
import { elapsed, isTakenOver, type PaneRun } from './panes.ts'
import { runLook } from './run-look.ts'

/** Whose pane it is and how it stands. */
export function PaneTitle({ pane }: { pane: PaneRun }) {
  const { run, task } = pane
  const isAsking = useProjection(({ approvals }) =>
    Object.values(approvals).some(({ state, runId }) => state === 'open' && runId === run.id),
  )
  return (
    <span className="flex min-w-0 items-center gap-2">
      <AgentMark agent={run.agent} hideName />
      <span dir="auto" className="min-w-0 truncate font-medium text-strong">
        {task?.title ?? 'Making the plan'}
      </span>
      <Mark {...runLook(run, task, isAsking)} />
    </span>
  )
}

/** How long, how many tokens, how much. */
export function PaneFacts({ pane: { run } }: { pane: PaneRun }) {
  const now = useNow()
  const { inputTokens, outputTokens, costUsd } = run.usage
  const sum = inputTokens + outputTokens
  return (
    <span className="shrink-0 text-small text-soft tabular-nums">
      {[
        duration(elapsed(run, now)),
        sum > 0 ? `${tokens(sum)} tok` : '',
        costUsd > 0 ? money(costUsd) : '',
      ]
        .filter(Boolean)
        .join(' · ')}
    </span>
  )
}

interface PaneActionsProps {
  pane: PaneRun
  mode: PaneMode
  onMode(mode: PaneMode): void
  onSearch(): void
  onClose(): void
}

/** What can be done with a run. */
export function PaneActions({ pane, mode, onMode, onSearch, onClose }: PaneActionsProps) {
  const isLive = useIsLive()
  const { run, task, isOver } = pane
  const canSteer = task !== undefined && !isOver
  return (
    <span className="flex shrink-0 items-center gap-0.5">
      {task && (
        <IconButton label="What it changed" icon={FileDiff} onClick={() => focus.review(task.id)} />
      )}
      <IconButton
        label="As the terminal got it"
        icon={SquareTerminal}
        pressed={mode === 'raw'}
        onClick={() => onMode(mode === 'raw' ? 'readable' : 'raw')}
      />
      <IconButton
        label="As plain text"
        icon={Text}
        pressed={mode === 'text'}
        onClick={() => onMode(mode === 'text' ? 'readable' : 'text')}
      />
      {mode !== 'text' && <IconButton label="Search in it" icon={Search} onClick={onSearch} />}
      {canSteer && !isTakenOver(run) && (
        <IconButton
          label="Take over: stop it and go on by hand"
          icon={Keyboard}
          disabled={!isLive}
          onClick={() => void takeOver(run.id)}
        />
      )}
      {canSteer && isTakenOver(run) && (
        <IconButton
          label="Hand back: the agent goes on by itself"
          icon={Hand}
          disabled={!isLive}
          onClick={() => void handBack(run.id)}
        />
      )}
      {canSteer && (
        <IconButton
          label="Cancel the task; its work is kept"
          icon={Square}
          disabled={!isLive}
          onClick={() => void cancel(task)}
        />
      )}
      <IconButton label="Close the pane; the run goes on" icon={Minus} onClick={onClose} />
    </span>
  )
}
