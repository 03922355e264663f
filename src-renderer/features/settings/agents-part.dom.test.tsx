import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { defaultConfig } from '../../../src-shared/contract/index.ts'
import { agent, orchestrator, stage, strike } from '../../base/fixture/stage.ts'
import { AgentsPart } from './agents-part.tsx'

afterEach(strike)

const GET = 'GET /api/settings'
const PUT = 'PUT /api/settings'

function open(source: 'file' | 'database', answers = {}) {
  stage({ agents: { codex: agent('codex') } })
  const settings = { config: defaultConfig, source, ui: {} }
  const asked = orchestrator({ [GET]: settings, [PUT]: settings, ...answers })
  render(<AgentsPart />)
  return asked
}

it('cannot be changed where a file decides, and says so', async () => {
  open('file')
  expect(await screen.findByText('These settings come from a file.')).toBeDefined()
  expect(screen.getByRole('group', { name: 'codex' })).toHaveProperty('disabled', true)
})

it('keeps a change of one agent at once', async () => {
  const asked = open('database')
  fireEvent.click(await screen.findByLabelText('May work'))
  await waitFor(() => expect(asked.at(-1)?.what).toBe(PUT))
  expect(asked.at(-1)?.body).toMatchObject({ config: { agents: { codex: { enabled: false } } } })
})

it('says why a change was not kept, and shows what is', async () => {
  open('database', { [PUT]: { error: { code: 'strange', message: 'Too many.' } } })
  fireEvent.click(await screen.findByLabelText('May work'))
  expect((await screen.findByRole('alert')).textContent).toContain('Too many.')
  expect(screen.getByLabelText('May work')).toHaveProperty('checked', true)
})
