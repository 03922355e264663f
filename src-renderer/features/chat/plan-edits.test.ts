import { expect, it } from 'vitest'
import { emptyTask, toggleNeed, withoutTask } from './plan-edits.ts'

it('gives a new task a key that no other has', () => {
  const first = emptyTask([])
  const taken = { ...first, id: 'task-2' }
  expect(emptyTask([taken]).id).toBe('task-3')
})

it('lets nobody need a task that is gone', () => {
  const a = { ...emptyTask([]), id: 'a' }
  const b = toggleNeed({ ...emptyTask([]), id: 'b' }, 'a')
  expect(b.needs).toEqual(['a'])
  expect(withoutTask([a, b], 0)).toMatchObject([{ id: 'b', needs: [] }])
  expect(toggleNeed(b, 'a').needs).toEqual([])
})
