import { expect, it } from 'vitest'
import { type Approval, type Task, taskStates } from '../../../src-shared/contract/index.ts'
import { columnsOf } from './columns.ts'

it('has every task in exactly one column', () => {
  const tasks = taskStates.map((state) => ({ id: state, state })) as Task[]
  const placed = columnsOf(tasks, []).flatMap((column) => column.tasks.map(({ id }) => id))
  expect(placed.toSorted()).toEqual([...taskStates].toSorted())
})

it('shows a task of which something is asked where the user looks, until it is answered', () => {
  const tasks = [{ id: 't', state: 'running' }] as Task[]
  const asked = (state: Approval['state']) => [{ id: 'a', taskId: 't', state }] as Approval[]
  const place = (approvals: Approval[]) =>
    columnsOf(tasks, approvals).find((column) => column.tasks.length > 0)?.id
  expect(place(asked('open'))).toBe('you')
  expect(place(asked('allowed'))).toBe('working')
})
