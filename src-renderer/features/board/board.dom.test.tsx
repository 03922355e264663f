import { fireEvent, render, screen, within } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import { afterEach, expect, it } from 'vitest'
import type { Session, StoredEvent } from '../../../src-shared/contract/index.ts'
import { orchestrator, session, stage, strike, task } from '../../base/fixture/stage.ts'
import { focus, world } from '../../base/index.ts'
import { Board } from './board.tsx'

afterEach(strike)

function open(one: Session) {
  stage({ sessions: { s: one } })
  focus.session('s')
  orchestrator()
  render(
    <Tooltip.Provider>
      <Board />
    </Tooltip.Provider>,
  )
}
const column = (name: string) => within(screen.getByRole('region', { name }))

it('has each task where it belongs, and says of an empty column what will be there', () => {
  const failed = task({ id: 'f', title: 'It broke', state: 'failed' })
  open(session({ tasks: [failed, task()] }))
  expect(column('Needs you').getByText('It broke')).toBeDefined()
  expect(column('Merged').getByText('Write the list')).toBeDefined()
  expect(column('Working').queryByRole('listitem')).toBeNull()
  expect(screen.queryByRole('region', { name: 'Cancelled' })).toBeNull()
})

it('keeps a hostile title text, and chooses its task', () => {
  open(session({ tasks: [task({ title: '<img src=x onerror=alert(1)>' })] }))
  const card = screen.getByRole('button', { name: /<img src=x/ })
  expect(document.querySelector('img')).toBeNull()
  fireEvent.click(card)
  expect(focus.get().task).toBe('t')
  expect(card.getAttribute('aria-pressed')).toBe('true')
})

it('says that the past is shown, does nothing there, and leads back', () => {
  const one = session({ tasks: [task()] })
  const { runs: _runs, evidence: _evidence, ...row } = task({ state: 'queued' })
  open(one)
  const place = { sessionId: 's', at: '2026-01-02T03:04:05.000Z' }
  const history = [
    { ...place, seq: 1, type: 'session.created', data: { session: session() } },
    { ...place, seq: 2, type: 'task.created', taskId: 't', data: { task: row } },
  ] as unknown as StoredEvent[]
  world.setState({ history: { s: history } })
  focus.playhead(2)
  return screen.findByText(/not at now/).then(() => {
    expect(column('Waiting').getByText('Write the list')).toBeDefined()
    expect(screen.queryByRole('button', { name: /What can be done|Add a task/ })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Back to now' }))
    expect(column('Merged').getByText('Write the list')).toBeDefined()
  })
})

it('says what will be here before there is a task', () => {
  open(session())
  expect(screen.getByText('No task yet')).toBeDefined()
})
