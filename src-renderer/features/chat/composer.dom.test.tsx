import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import { afterEach, expect, it } from 'vitest'
import { agent, orchestrator, session, stage, strike } from '../../base/fixture/stage.ts'
import { world } from '../../base/index.ts'
import { Composer } from './composer.tsx'

afterEach(strike)

const show = () =>
  render(
    <Tooltip.Provider>
      <Composer session={session()} />
    </Tooltip.Provider>,
  )

function open(answers = {}) {
  stage({ agents: { codex: agent('codex'), claude: agent('claude') } })
  const asked = orchestrator(answers)
  return { asked, ...show() }
}
const field = () => screen.getByLabelText<HTMLTextAreaElement>('What to do next')
const type = (value: string) => fireEvent.change(field(), { target: { value } })
const key = (name: string, more = {}) => fireEvent.keyDown(field(), { key: name, ...more })

it('sends with Enter, and is empty then', async () => {
  const { asked } = open()
  type('  make it blue ')
  key('Enter')
  await waitFor(() => expect(field().value).toBe(''))
  expect(asked).toEqual([{ what: 'POST /api/sessions/s/messages', body: { text: 'make it blue' } }])
})

it('sends nothing with Shift+Enter, while an input method composes, or with blanks', () => {
  const { asked } = open()
  type('one')
  expect(key('Enter', { shiftKey: true })).toBe(true)
  key('Enter', { isComposing: true })
  type('  ')
  key('Enter')
  expect(asked).toEqual([])
})

it('completes an agent by keyboard, and gives that agent the task', async () => {
  const { asked } = open()
  type('@')
  expect(screen.getAllByRole('option')).toHaveLength(2)
  key('ArrowDown')
  expect(screen.getByRole('option', { selected: true }).textContent).toContain('@claude')
  key('Tab')
  expect(field().value).toBe('@claude ')
  type('@claude write tests')
  key('Enter')
  const body = { title: 'write tests', prompt: 'write tests', agent: 'claude' }
  await waitFor(() => expect(asked[0]).toMatchObject({ body }))
})

it('Enter takes the order that is chosen instead of sending half a word', () => {
  const { asked } = open()
  type('/pa')
  key('Enter')
  expect(field().value).toBe('/pause ')
  expect(asked).toEqual([])
})

it('keeps what was written when the page is left', () => {
  const { unmount } = open()
  type('half a thought')
  unmount()
  show()
  expect(field().value).toBe('half a thought')
})

it('says why it was refused, and keeps the words', async () => {
  const error = { code: 'session_finalized', message: 'It is over.' }
  open({ 'POST /api/sessions/s/messages': { error } })
  type('more')
  key('Enter')
  expect((await screen.findByRole('alert')).textContent).toBe('It is over.')
  expect(field().value).toBe('more')
})

it('sends nothing while nobody answers, and says that the words are kept', () => {
  const asked = orchestrator()
  world.setState({ connection: 'lost' })
  show()
  type('more')
  key('Enter')
  expect(asked).toEqual([])
  const send = screen.getByRole('button', { name: /your words are kept/ })
  expect(send).toHaveProperty('disabled', true)
})
