import type { Session } from '../../../src-shared/contract/index.ts'
import { focus, useNow, useProjection } from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { ago, count, money } from '../../ui/format.ts'
import { Mark, sessionLooks } from '../../ui/mark.tsx'
import { Card } from './card.tsx'

/** All sessions, the one that changed last first. */
export function SessionList() {
  const sessions = useProjection((state) => state.sessions)
  const all = Object.values(sessions).toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt))
  return (
    <Card title="Sessions">
      <ul className="-m-2">
        {all.map((session) => (
          <Row key={session.id} session={session} />
        ))}
      </ul>
    </Card>
  )
}

function Row({ session }: { session: Session }) {
  const now = useNow()
  const { id, goal, state, tasks, target, checkpoints, updatedAt, usage } = session
  const agents = [...new Set(tasks.flatMap(({ agent }) => (agent === undefined ? [] : [agent])))]
  const facts = [
    count(tasks.length, 'task'),
    `→ ${target}`,
    checkpoints.at(-1)?.tag,
    usage.costUsd > 0 ? money(usage.costUsd) : undefined,
    ago(updatedAt, now),
  ]
  return (
    <li>
      <button
        type="button"
        onClick={() => focus.session(id)}
        className="w-full rounded p-2 text-left transition-colors hover:bg-sunken"
      >
        <span className="flex items-baseline gap-3">
          <span dir="auto" className="min-w-0 grow truncate font-medium">
            {goal.split('\n', 1)[0]}
          </span>
          <Mark {...sessionLooks[state]} />
        </span>
        <span className="mt-0.5 flex items-center gap-3 text-small text-soft">
          <span className="min-w-0 truncate">{facts.filter(Boolean).join(' · ')}</span>
          <span className="flex gap-1">
            {agents.map((agent) => (
              <AgentMark key={agent} agent={agent} hideName />
            ))}
          </span>
        </span>
      </button>
    </li>
  )
}
