import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import { afterEach, expect, it } from 'vitest'
import type { PlanTask } from '../../../src-shared/contract/index.ts'
import { orchestrator, session, stage, strike } from '../../base/fixture/stage.ts'
import { PlanEditor } from './plan-editor.tsx'

afterEach(strike)

const planned = (id: string, needs: string[] = []): PlanTask => ({
  id,
  title: `Do ${id}`,
  prompt: `As ${id}.`,
  needs,
  files: [],
  kind: 'implement',
})

function open(tasks: PlanTask[], answers = {}) {
  stage()
  const asked = orchestrator(answers)
  const draft = session({ state: 'draft', ...(tasks.length > 0 ? { plan: { tasks } } : {}) })
  render(
    <Tooltip.Provider>
      <PlanEditor session={draft} />
    </Tooltip.Provider>,
  )
  return asked
}
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
const PUT = 'PUT /api/sessions/s/plan'
const START = 'POST /api/sessions/s/start'

it('starts a plan as it is, without writing it again', async () => {
  const asked = open([planned('one')])
  press('Start')
  await waitFor(() => expect(asked.map(({ what }) => what)).toEqual([START]))
})

it('keeps what was edited and what each needs, then starts', async () => {
  const asked = open([planned('one'), planned('two')])
  const [title] = screen.getAllByLabelText('Title of the task')
  fireEvent.change(title as HTMLElement, { target: { value: 'First' } })
  fireEvent.click(screen.getByLabelText('First'))
  press('Start')
  await waitFor(() => expect(asked.map(({ what }) => what)).toEqual([PUT, START]))
  expect(asked[0]?.body).toMatchObject({
    tasks: [
      { id: 'one', title: 'First', needs: [] },
      { id: 'two', title: 'Do two', needs: ['one'] },
    ],
  })
})

it('does not start with a task that says nothing', () => {
  open([planned('one')])
  press('Add a task')
  expect(screen.getAllByLabelText('Title of the task')).toHaveLength(2)
  expect(screen.queryByRole('button', { name: 'Start' })).toBeNull()
})

it('takes a task out, and the need for it', async () => {
  const asked = open([planned('one'), planned('two', ['one'])])
  const [bin] = screen.getAllByRole('button', { name: 'Take the task out of the plan' })
  fireEvent.click(bin as HTMLElement)
  press('Start')
  await waitFor(() => expect(asked).toHaveLength(2))
  expect(asked[0]?.body).toMatchObject({ tasks: [{ id: 'two', needs: [] }] })
})

it('shows why a plan is refused, keeps what was written and does not start', async () => {
  const error = { code: 'strange', message: 'They need each other.' }
  const asked = open([planned('one')], { [PUT]: { error } })
  fireEvent.change(screen.getByLabelText('Title of the task'), { target: { value: 'Mine' } })
  press('Start')
  expect((await screen.findByRole('alert')).textContent).toContain('They need each other.')
  expect(asked.map(({ what }) => what)).toEqual([PUT])
  expect(screen.getByLabelText('Title of the task')).toHaveProperty('value', 'Mine')
})

it('offers to have an empty plan made', async () => {
  const asked = open([])
  press('Have it planned')
  await waitFor(() => expect(asked).toHaveLength(1))
})
