import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import type { SavePreview } from '../../../src-shared/contract/index.ts'
import { orchestrator, session, stage, strike } from '../../base/fixture/stage.ts'
import { focus } from '../../base/index.ts'
import { SaveDialog } from './save-dialog.tsx'

afterEach(strike)

const preview = (more: Partial<SavePreview> = {}): SavePreview => ({
  target: 'main',
  from: 'aaaaaaaaaaaa',
  to: 'bbbbbbbbbbbb',
  commits: [{ commit: 'b', parents: [], subject: 'Add it', author: 'x', refs: [], task: 'list' }],
  files: [],
  evidence: [],
  ...more,
})

const PREVIEW = 'GET /api/sessions/s/save-preview'
const SAVE = 'POST /api/sessions/s/checkpoints'
const saved = { n: 1, tag: 'thalogos/s/1', commit: 'bbbbbbbbbbbb', message: '', evidence: [] }
const onClose = vi.fn()

function open(more: Partial<SavePreview>, answers = {}) {
  stage()
  const asked = orchestrator({ [PREVIEW]: preview(more), [SAVE]: saved, ...answers })
  render(<SaveDialog session={session()} finishes={false} onClose={onClose} />)
  return asked
}
const save = () => screen.getByRole('button', { name: 'Save' })

it('saves nothing before it showed what it would save', async () => {
  open({})
  expect(save()).toHaveProperty('disabled', true)
  expect(await screen.findByText('Add it')).toBeDefined()
  expect(save()).toHaveProperty('disabled', false)
  expect(screen.getByRole('heading', { name: 'Save 1 task → main' })).toBeDefined()
})

it('saves with the words of the user, and says under which tag', async () => {
  const asked = open({})
  await screen.findByText('Add it')
  fireEvent.change(screen.getByLabelText('Message'), { target: { value: ' The list ' } })
  fireEvent.click(save())
  expect(await screen.findByText('thalogos/s/1')).toBeDefined()
  const body = { finalize: false, allowUnchecked: false, message: 'The list' }
  expect(asked.at(-1)).toEqual({ what: SAVE, body })
  expect(screen.getByRole('button', { name: 'Roll back …' })).toBeDefined()
})

it('takes what is unchecked only on purpose', async () => {
  const asked = open({ refusal: { code: 'save_unchecked', message: '' } })
  const purpose = await screen.findByLabelText('Save it unchecked, on purpose.')
  expect(save()).toHaveProperty('disabled', true)
  fireEvent.click(purpose)
  fireEvent.click(save())
  await waitFor(() => expect(asked.at(-1)).toMatchObject({ body: { allowUnchecked: true } }))
})

it('says why not, what was kept and where to go', async () => {
  const details = { check: 'test', log: 'abc' }
  open({ refusal: { code: 'save_checks_failed', message: '', details } })
  const alert = within(await screen.findByRole('alert'))
  expect(alert.getByText(/A check is red/)).toBeDefined()
  expect(alert.getByText(/Nothing was changed/)).toBeDefined()
  expect(alert.getByRole('button', { name: 'Log of test' })).toBeDefined()
  focus.side('review')
  fireEvent.click(alert.getByRole('button', { name: 'Show the tasks' }))
  expect(focus.get().side).toBe('board')
  expect(onClose).toHaveBeenCalled()
})

it('names the files in the way as text, and how many are not named', async () => {
  const details = { paths: ['<img src=x>'], total: 4 }
  const error = { code: 'files_in_the_way', message: '', details }
  open({}, { [SAVE]: { error } })
  await screen.findByText('Add it')
  fireEvent.click(save())
  expect(await screen.findByText('<img src=x>')).toBeDefined()
  expect(screen.getByText('… and 3 more')).toBeDefined()
})
