import { useMemo } from 'react'
import type { Task } from '../../../src-shared/contract/index.ts'
import { focus, useFocus } from '../../base/index.ts'
import { AgentMark } from '../../ui/agent-mark.tsx'
import { classNames } from '../../ui/class-names.ts'
import { TaskMark } from '../../ui/mark.tsx'
import { type Edge, graphOf, NODE, type Node } from './layers.ts'

interface TaskGraphProps {
  tasks: readonly Task[]
  /** Of the place it is shown in, in pixels. */
  width: number
}

/** Which task waits for which: from above to below. */
export function TaskGraph({ tasks, width }: TaskGraphProps) {
  const graph = useMemo(() => graphOf(tasks, width), [tasks, width])
  return (
    <div className="relative" style={{ width: graph.width, height: graph.height }}>
      <svg aria-hidden width={graph.width} height={graph.height} className="absolute inset-0">
        {graph.edges.map((edge) => (
          <path
            key={edge.id}
            d={curve(edge)}
            strokeWidth={1.5}
            className={classNames('fill-none', edge.isDone ? 'stroke-good' : 'stroke-edge')}
          />
        ))}
      </svg>
      <ul>
        {graph.nodes.map((node) => (
          <Box key={node.task.id} node={node} />
        ))}
      </ul>
    </div>
  )
}

function curve({ from, to }: Edge): string {
  const middle = (from.y + to.y) / 2
  return `M ${from.x} ${from.y} C ${from.x} ${middle}, ${to.x} ${middle}, ${to.x} ${to.y}`
}

function Box({ node: { task, x, y } }: { node: Node }) {
  const isChosen = useFocus((state) => state.task === task.id)
  const { id, title, agent, wantedAgent, state, needs } = task
  return (
    <li className="absolute" style={{ left: x, top: y, ...NODE }}>
      <button
        type="button"
        aria-pressed={isChosen}
        title={title}
        onClick={() => focus.task(id)}
        className={classNames(
          'flex size-full flex-col justify-center rounded border bg-raised px-2 text-left text-small transition-colors hover:bg-sunken',
          isChosen && 'border-action',
        )}
      >
        <span dir="auto" className="truncate font-medium">
          {title}
        </span>
        <span className="flex items-center gap-2">
          <TaskMark state={state} />
          <AgentMark agent={agent ?? wantedAgent ?? '?'} hideName />
        </span>
        {needs.length > 0 && <span className="sr-only">needs {needs.join(', ')}</span>}
      </button>
    </li>
  )
}
