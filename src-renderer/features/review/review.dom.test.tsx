import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { FileDiff } from '../../../src-shared/contract/index.ts'
import { orchestrator, session, stage, strike, task } from '../../base/fixture/stage.ts'
import { focus } from '../../base/index.ts'
import { Review } from './review.tsx'

// A list draws what is in sight; without a layout nothing would be.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(600)
})
afterEach(() => {
  strike()
  vi.restoreAllMocks()
})

const file = (path: string, lines: string[] = ['+<b>new</b>']): FileDiff => ({
  path,
  status: 'modified',
  added: 1,
  removed: 0,
  binary: false,
  oldMode: '100644',
  newMode: '100644',
  hunks: [{ oldStart: 1, oldLines: 0, newStart: 7, newLines: 1, section: '', lines }],
})
const DIFF = 'GET /api/sessions/s/tasks/t/diff'
const REVIEW = 'POST /api/sessions/s/tasks/t/review'

function open(files: FileDiff[], answers = {}) {
  stage({ sessions: { s: session({ tasks: [task()] }) } })
  focus.session('s')
  focus.review('t')
  const asked = orchestrator({ [DIFF]: files, ...answers })
  render(
    <Tooltip.Provider>
      <Review />
    </Tooltip.Provider>,
  )
  return asked
}

it('lists the riskiest file first and shows it; the arrows go on', async () => {
  open([file('notes.txt'), file('.github/ci.txt')])
  const files = await screen.findAllByRole('option', { name: /look/ })
  expect(files.map(({ textContent }) => textContent?.split(/runs|changed/)[0])).toEqual([
    '.github/ci.txt',
    'notes.txt',
  ])
  expect(screen.getByRole('region', { name: 'Changes in .github/ci.txt' })).toBeDefined()
  fireEvent.keyDown(screen.getByRole('listbox'), { key: 'ArrowDown' })
  expect(screen.getByRole('region', { name: 'Changes in notes.txt' })).toBeDefined()
})

it('shows what is generated only when it is asked for', async () => {
  open([file('dist/app.txt')])
  fireEvent.click(await screen.findByRole('button', { name: 'Show it' }))
  expect(screen.getByRole('region', { name: 'Changes in dist/app.txt' })).toBeDefined()
})

it('keeps a comment on a line, and sends it back with a word about the whole', async () => {
  const asked = open([file('notes.txt')])
  fireEvent.change(await screen.findByLabelText('Line'), { target: { value: '7' } })
  fireEvent.click(screen.getByRole('button', { name: 'Comment on it' }))
  const box = await screen.findByLabelText('Comment on line 7')
  fireEvent.change(box, { target: { value: 'Why?' } })
  fireEvent.click(screen.getByRole('button', { name: 'Keep the comment' }))
  expect(await screen.findByText('1 comment')).toBeDefined()
  fireEvent.change(screen.getByLabelText('About the whole change'), { target: { value: 'Nice' } })
  fireEvent.click(screen.getByRole('button', { name: /Send back/ }))
  const comments = [{ path: 'notes.txt', line: 7, text: 'Why?' }, { text: 'Nice' }]
  const body = { decision: 'send_back', comments }
  await waitFor(() => expect(asked.at(-1)).toEqual({ what: REVIEW, body }))
  await waitFor(() => expect(screen.queryByText('1 comment')).toBeNull())
})

it('keeps the words when sending them back was refused', async () => {
  open([file('notes.txt')], { [REVIEW]: { error: { code: 'strange', message: 'Not now.' } } })
  const word = await screen.findByLabelText('About the whole change')
  fireEvent.change(word, { target: { value: 'Nice' } })
  fireEvent.click(screen.getByRole('button', { name: /Send back/ }))
  expect((await screen.findByRole('alert')).textContent).toContain('Not now.')
  expect(word).toHaveProperty('value', 'Nice')
})

it('draws code as text', async () => {
  open([file('notes.txt')])
  expect(await screen.findByText('<b>new</b>')).toBeDefined()
})

it('says so when nothing changed', async () => {
  open([])
  expect(await screen.findByText('No changes yet')).toBeDefined()
})
