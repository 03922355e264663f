import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import type { Approval } from '../../../src-shared/contract/index.ts'
import { orchestrator, stage, strike } from '../../base/fixture/stage.ts'
import { world } from '../../base/index.ts'
import { ApprovalCard } from './approval-card.tsx'

afterEach(strike)

const approval = (more: Partial<Approval> = {}): Approval => ({
  id: 'a',
  sessionId: 's',
  agent: 'codex',
  kind: 'permission',
  question: 'May it run this?',
  options: [],
  state: 'open',
  subject: 'Bash rm -rf build',
  at: '2026-01-02T03:04:05.000Z',
  ...more,
})

function ask(more: Partial<Approval> = {}) {
  stage()
  const asked = orchestrator()
  render(<ApprovalCard approval={approval(more)} />)
  return asked
}
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
const WHAT = 'POST /api/approvals/a'

it('shows exactly what is asked for', () => {
  ask()
  expect(screen.getByText('Bash rm -rf build')).toBeDefined()
})

it.each([
  ['Allow once', 'allow'],
  ['Allow in this session', 'allow_session'],
])('%s says %s', async (name, decision) => {
  const asked = ask()
  press(name)
  await waitFor(() => expect(asked).toEqual([{ what: WHAT, body: { decision } }]))
})

it('denies only after it was asked why, and hands the words on', async () => {
  const asked = ask()
  press('Deny …')
  expect(asked).toEqual([])
  const note = screen.getByLabelText('Why not, or what to do instead')
  fireEvent.change(note, { target: { value: ' use make clean ' } })
  press('Deny')
  const body = { decision: 'deny', note: 'use make clean' }
  await waitFor(() => expect(asked).toEqual([{ what: WHAT, body }]))
})

it('cannot be answered for a whole session where it is about one content', () => {
  ask({ kind: 'content' })
  expect(screen.queryByRole('button', { name: 'Allow in this session' })).toBeNull()
})

it('keeps a hostile question text', () => {
  const question = '<img src=x onerror=alert(1)> [x](javascript:alert(1))'
  ask({ question })
  expect(screen.getByText(question)).toBeDefined()
  expect(document.querySelector('img, a')).toBeNull()
})

it('cannot be answered while nobody would hear it', () => {
  world.setState({ connection: 'lost' })
  render(<ApprovalCard approval={approval()} />)
  for (const button of screen.getAllByRole('button')) {
    expect(button).toHaveProperty('disabled', true)
  }
})

it('is a line once it is answered', () => {
  ask({ state: 'denied', note: 'no' })
  expect(screen.getByText('denied')).toBeDefined()
  expect(screen.queryByRole('button')).toBeNull()
})
