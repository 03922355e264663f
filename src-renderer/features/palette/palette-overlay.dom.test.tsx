import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { session, stage, strike, task } from '../../base/fixture/stage.ts'
import { focus, runByKey, useCommand } from '../../base/index.ts'
import { show } from './open.ts'
import { PaletteOverlay } from './palette-overlay.tsx'

const greet = vi.fn()

function Page() {
  useCommand({ id: 'test.greet', title: 'Greet', run: greet })
  useCommand({ id: 'test.never', title: 'Never now', enabled: false, run: greet })
  return <PaletteOverlay />
}

beforeEach(() => {
  // It scrolls to what is chosen; here nothing has a place.
  Element.prototype.scrollIntoView ??= () => undefined
  greet.mockClear()
  stage({ sessions: { s: session({ goal: 'Write a shop', tasks: [task()] }) } })
  focus.session('s')
  render(<Page />)
  act(() => void runByKey(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }), false))
})
afterEach(() => {
  act(() => show(undefined))
  strike()
})

const input = () => screen.getByRole('combobox')
const find = (value: string) => fireEvent.change(input(), { target: { value } })
const enter = () => fireEvent.keyDown(input(), { key: 'Enter' })

it('opens by its keys, runs what is found with Enter, and closes', async () => {
  find('gree')
  enter()
  await waitFor(() => expect(greet).toHaveBeenCalledOnce())
  expect(screen.queryByRole('dialog')).toBeNull()
})

it('does not run what cannot be done now', () => {
  find('never')
  enter()
  fireEvent.click(screen.getByText('Never now'))
  expect(greet).not.toHaveBeenCalled()
})

it('goes to a task by a part of its title', async () => {
  find('the list')
  enter()
  await waitFor(() => expect(focus.get().task).toBe('t'))
})

it('says so when nothing is called that', () => {
  find('zzzz')
  expect(screen.getByText('Nothing is called that.')).toBeDefined()
})
