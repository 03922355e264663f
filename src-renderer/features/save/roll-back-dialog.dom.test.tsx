import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import type { Checkpoint } from '../../../src-shared/contract/index.ts'
import { orchestrator, session, stage, strike } from '../../base/fixture/stage.ts'
import { RollBackDialog } from './roll-back-dialog.tsx'

afterEach(strike)

const checkpoint = (n: number): Checkpoint => ({
  n,
  tag: `thalogos/s/${n}`,
  commit: `${n}`.repeat(12),
  message: `State ${n}`,
  at: '2026-01-02T03:04:05.000Z',
  evidence: [],
})
const ROLL = 'POST /api/sessions/s/rollback'

function open(answers = {}) {
  stage()
  const asked = orchestrator(answers)
  const checkpoints = [0, 1, 2].map(checkpoint)
  render(<RollBackDialog session={session({ checkpoints })} onClose={() => undefined} />)
  return asked
}
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))

it('goes one state back by the safe way unless something else is chosen', async () => {
  const asked = open({ [ROLL]: checkpoint(3) })
  press('Roll back to 1')
  expect(await screen.findByText('thalogos/s/3')).toBeDefined()
  const body = { checkpoint: 1, mode: 'restore', includeForeign: false }
  expect(asked).toEqual([{ what: ROLL, body }])
})

it('goes to the state and by the way that were chosen', async () => {
  const asked = open({ [ROLL]: checkpoint(3) })
  fireEvent.click(screen.getByLabelText(/State 0/))
  fireEvent.click(screen.getByLabelText(/Rewind/))
  press('Roll back to 0')
  await waitFor(() => expect(asked[0]?.body).toMatchObject({ checkpoint: 0, mode: 'rewind' }))
})

it('offers to restore where commits were published already', async () => {
  open({ [ROLL]: { error: { code: 'rollback_published', message: '' } } })
  fireEvent.click(screen.getByLabelText(/Rewind/))
  press('Roll back to 1')
  fireEvent.click(await screen.findByRole('button', { name: 'Restore instead' }))
  expect(screen.getByLabelText(/Restore/)).toHaveProperty('checked', true)
  expect(screen.queryByRole('alert')).toBeNull()
})

it('undoes the commits of others only when that was said of exactly this choice', async () => {
  const asked = open({ [ROLL]: { error: { code: 'rollback_foreign', message: '' } } })
  press('Roll back to 1')
  fireEvent.click(await screen.findByLabelText('Undo those commits as well.'))
  press('Roll back to 1')
  await waitFor(() => expect(asked[1]?.body).toMatchObject({ includeForeign: true }))
  fireEvent.click(screen.getByLabelText(/State 0/))
  press('Roll back to 0')
  await waitFor(() => expect(asked[2]?.body).toMatchObject({ includeForeign: false }))
})
