import type { Approval, Task, TaskState } from '../../../src-shared/contract/index.ts'

/** Tasks that stand alike. */
export interface Column {
  id: 'you' | 'working' | 'waiting' | 'merged' | 'cancelled'
  title: string
  /** What will be there, while nothing is. */
  empty: string
  tasks: Task[]
}

const COLUMNS: readonly (Omit<Column, 'tasks'> & { states: readonly TaskState[] })[] = [
  {
    id: 'you',
    title: 'Needs you',
    empty: 'Questions, conflicts and failures will be here.',
    states: ['conflicted', 'failed'],
  },
  {
    id: 'working',
    title: 'Working',
    empty: 'Tasks with an agent or a check at work will be here.',
    states: ['running', 'reported', 'verifying', 'verified', 'integrating'],
  },
  {
    id: 'waiting',
    title: 'Waiting',
    empty: 'Tasks that wait for an agent or for others will be here.',
    states: ['planned', 'blocked', 'queued'],
  },
  {
    id: 'merged',
    title: 'Merged',
    empty: 'What is ready to save will be here.',
    states: ['integrated'],
  },
  { id: 'cancelled', title: 'Cancelled', empty: '', states: ['cancelled'] },
]

/** All columns in order; a task of which something is asked needs the user, whatever its state. Pure. */
export function columnsOf(tasks: readonly Task[], approvals: readonly Approval[]): Column[] {
  const asked = new Set(
    approvals.flatMap(({ state, taskId }) => (state === 'open' && taskId ? [taskId] : [])),
  )
  return COLUMNS.map(({ states, ...column }) => ({
    ...column,
    tasks: tasks.filter(({ id, state }) =>
      column.id === 'you'
        ? asked.has(id) || states.includes(state)
        : !asked.has(id) && states.includes(state),
    ),
  }))
}
