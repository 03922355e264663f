import { Copy } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import type { Session, SessionCommit } from '../../../src-shared/contract/index.ts'
import { type ApiError, call, focus, useFocus, useIsLive, useProjection } from '../../base/index.ts'
import { AgentMark, agentLook } from '../../ui/agent-mark.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { toast } from '../../ui/toast.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { type LaneRow, lanesOf } from './lanes.ts'

/** The history of the session that is open, newest first. */
export function Lineage() {
  const id = useFocus((state) => state.session)
  const session = useProjection(({ sessions }) => (id === undefined ? undefined : sessions[id]))
  return session ? <History session={session} /> : null
}

// Two lines of text and some air.
const ROW_PX = 48
const COLUMN_PX = 14

function History({ session }: { session: Session }) {
  const { commits, error } = useLineage(session)
  const rows = useMemo(() => lanesOf(commits ?? []), [commits])
  const columns = rows.reduce(
    (most, { column, lines }) => Math.max(most, column, ...lines.map(({ to }) => to)),
    0,
  )
  if (error) {
    return (
      <div className="p-3">
        <ErrorNotice error={error} />
      </div>
    )
  }
  if (!commits) {
    return (
      <div className="p-3">
        <Spinner label="Reading the history …" />
      </div>
    )
  }
  if (rows.length === 0) {
    return (
      <Empty title="No commit yet" text="What agents make, and every checkpoint, will be here." />
    )
  }
  return (
    <VirtualList
      label="Commits, newest first"
      items={rows}
      keyOf={({ commit }) => commit.commit}
      rowHeight={ROW_PX}
      render={(row) => <CommitRow row={row} width={(columns + 1) * COLUMN_PX} session={session} />}
    />
  )
}

function useLineage(session: Session): { commits?: readonly SessionCommit[]; error?: ApiError } {
  const [state, setState] = useState<{ commits?: readonly SessionCommit[]; error?: ApiError }>({})
  const isLive = useIsLive()
  const { id, integration, checkpoints, tasks } = session
  const commits = tasks.map(({ commit = '' }) => commit).join()
  const cause = `${integration.head} ${checkpoints.length} ${commits}`
  useEffect(() => {
    if (!isLive || cause === '') return
    let isCurrent = true
    void call('lineage', { session: id }).then((read) => {
      if (isCurrent) setState(read.ok ? { commits: read.value } : { error: read.error })
    })
    return () => {
      isCurrent = false
    }
  }, [id, cause, isLive])
  return state
}

interface CommitRowProps {
  row: LaneRow
  width: number
  session: Session
}

function CommitRow({ row, width, session }: CommitRowProps) {
  const { commit, subject, author, refs, task, agent } = row.commit
  const found = session.tasks.find(({ key }) => key === task)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(commit)
      toast(`${commit.slice(0, 10)} is in the clipboard.`)
    } catch {
      toast(`The clipboard cannot be used here. The hash is ${commit}.`, { tone: 'bad' })
    }
  }
  return (
    <div className="flex items-center gap-2 border-b pr-2 pl-3" style={{ minHeight: ROW_PX }}>
      <Lines row={row} width={width} />
      <div className="min-w-0 grow py-1">
        <p className="flex items-baseline gap-2">
          {refs.filter(isTelling).map((ref) => (
            <span
              key={ref}
              className="max-w-40 shrink-0 truncate rounded-sm border border-edge px-1 text-tiny text-soft"
              title={ref}
            >
              {ref.startsWith('thalogos/') ? `⚑ ${ref.split('/').at(-1)}` : ref.split('/').at(-1)}
            </span>
          ))}
          <bdi className="min-w-0 truncate" title={subject}>
            {subject}
          </bdi>
        </p>
        <p className="flex items-center gap-2 text-small text-soft">
          <code className="text-code">{commit.slice(0, 8)}</code>
          {agent === undefined ? (
            <bdi className="truncate">{author}</bdi>
          ) : (
            <AgentMark agent={agent} />
          )}
          {found && (
            <button
              type="button"
              className="truncate text-action hover:underline"
              onClick={() => focus.review(found.id)}
            >
              {found.key}
            </button>
          )}
        </p>
      </div>
      <IconButton label="Copy the whole hash" icon={Copy} onClick={() => void copy()} />
    </div>
  )
}

/** Branches of tasks are named by numbers; the task itself stands below. */
const isTelling = (ref: string): boolean => !/[0-9a-f]{8}-[0-9a-f]{4}-/.test(ref)

function Lines({ row: { column, lines, commit }, width }: { row: LaneRow; width: number }) {
  const x = (at: number) => at * COLUMN_PX + COLUMN_PX / 2
  const middle = ROW_PX / 2
  const colour = commit.agent === undefined ? 'text-soft' : agentLook(commit.agent).className
  return (
    <svg aria-hidden width={width} height={ROW_PX} className="shrink-0 overflow-visible">
      {lines.map(({ from, to }) => (
        <path
          key={`${from} ${to}`}
          className="fill-none stroke-edge"
          strokeWidth={1.5}
          d={
            from === column
              ? `M ${x(from)} ${middle} C ${x(from)} ${ROW_PX}, ${x(to)} ${middle}, ${x(to)} ${ROW_PX + middle}`
              : `M ${x(from)} ${middle} L ${x(to)} ${ROW_PX + middle}`
          }
        />
      ))}
      <circle cx={x(column)} cy={middle} r={4} className={`fill-current ${colour}`} />
    </svg>
  )
}
