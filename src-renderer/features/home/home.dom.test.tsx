import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import { afterEach, expect, it } from 'vitest'
import { emptyProjectConfig, type ProjectView } from '../../../src-shared/contract/index.ts'
import { agent, orchestrator, session, stage, strike } from '../../base/fixture/stage.ts'
import { focus } from '../../base/index.ts'
import { Home } from './home.tsx'

afterEach(strike)

const check = { name: 'test', run: 'npm test && rm -rf /', timeoutSeconds: 600 }
const project = (more: Partial<ProjectView> = {}): ProjectView => ({
  id: 'p',
  path: '/repo',
  name: 'repo',
  target: 'main',
  config: { ...emptyProjectConfig, checks: [check] },
  contentHash: 'hash',
  trusted: false,
  createdAt: '2026-01-02T03:04:05.000Z',
  ...more,
})

const ADD = 'POST /api/projects'
const CREATE = 'POST /api/sessions'
const TRUST = 'POST /api/projects/p/trust'
const REHEARSE = 'POST /api/rehearsals'

function open(answers = {}) {
  stage({ agents: { codex: agent('codex') } })
  const asked = orchestrator({ 'GET /api/projects': [], ...answers })
  render(
    <Tooltip.Provider>
      <Home />
    </Tooltip.Provider>,
  )
  return asked
}
function write(label: string, value: string) {
  const field = screen.getByLabelText(label)
  fireEvent.change(field, { target: { value } })
  fireEvent.blur(field)
}
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))

it('says at the field what is wrong with a folder', async () => {
  open({ [ADD]: { error: { code: 'not_a_repository', message: 'No repository is there.' } } })
  write('Repository', '/nowhere')
  expect((await screen.findByRole('alert')).textContent).toBe('No repository is there.')
  expect(screen.getByLabelText('Repository').getAttribute('aria-invalid')).toBe('true')
})

it('makes no draft without a goal', async () => {
  const asked = open({ [ADD]: project() })
  write('Repository', '/repo')
  press('Make a draft')
  expect((await screen.findByRole('alert')).textContent).toBe('Say what is to be done.')
  expect(asked.some(({ what }) => what === CREATE)).toBe(false)
})

it('shows the commands of a repository, and trusts nothing by itself', async () => {
  const asked = open({ [ADD]: project(), [CREATE]: session() })
  write('Repository', ' /repo ')
  write('Goal', 'A list')
  expect(await screen.findByText(check.run)).toBeDefined()
  press('Make a draft')
  await waitFor(() => expect(focus.get().session).toBe('s'))
  expect(asked.some(({ what }) => what === TRUST)).toBe(false)
  expect(asked.find(({ what }) => what === CREATE)?.body).toEqual({
    repo: '/repo',
    goal: 'A list',
    trust: false,
  })
})

it('trusts exactly what was shown, before the draft is made', async () => {
  const asked = open({ [ADD]: project(), [TRUST]: project(), [CREATE]: session() })
  write('Repository', '/repo')
  write('Goal', 'A list')
  fireEvent.click(await screen.findByLabelText(/I have read them/))
  press('Make a draft')
  await waitFor(() => expect(focus.get().session).toBe('s'))
  const deeds = asked.filter(({ what }) => what === TRUST || what === CREATE)
  expect(deeds).toMatchObject([
    { what: TRUST, body: { contentHash: 'hash' } },
    { what: CREATE, body: { trust: true } },
  ])
})

it('says that a rehearsal did not start, and lets it be tried again', async () => {
  open({ [REHEARSE]: { error: { code: 'strange', message: 'The disk is full.' } } })
  press('Try a rehearsal')
  expect((await screen.findByRole('alert')).textContent).toMatch(/did not start.*The disk is full/)
  expect(screen.getByRole('button', { name: 'Try a rehearsal' })).toHaveProperty('disabled', false)
})
