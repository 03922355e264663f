import { fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { strike } from '../../base/fixture/stage.ts'
import { preferences, runByKey, useCommand } from '../../base/index.ts'
import { ShortcutsPart } from './shortcuts-part.tsx'

afterEach(strike)

const run = vi.fn()

function Page() {
  useCommand({ id: 'test.greet', title: 'Greet', keys: 'Mod+G', run })
  useCommand({ id: 'test.other', title: 'Other', keys: 'Mod+O', run: () => undefined })
  return <ShortcutsPart />
}
const keys = () => screen.getByRole('button', { name: /the keys of Greet/ })
const press = (key: string) => fireEvent.keyDown(keys(), { key, ctrlKey: true })

it('takes the keys that are pressed, and the command runs by them', () => {
  render(<Page />)
  fireEvent.click(keys())
  press('Control')
  expect(keys().textContent).toBe('Press keys …')
  press('b')
  expect(keys().textContent).toBe('Ctrl+B')
  runByKey(new KeyboardEvent('keydown', { key: 'b', ctrlKey: true }), false)
  expect(run).toHaveBeenCalledOnce()
  fireEvent.click(screen.getByRole('button', { name: 'Reset' }))
  expect(keys().textContent).toBe('Ctrl+G')
})

it('says that another command has the same keys', () => {
  render(<Page />)
  fireEvent.click(keys())
  press('o')
  expect(screen.getByText('also “Other”')).toBeDefined()
})

it('keeps the keys when Escape is pressed', () => {
  render(<Page />)
  fireEvent.click(keys())
  press('Escape')
  expect(keys().textContent).toBe('Ctrl+G')
  expect(preferences.get('keys.test.greet')).toBeUndefined()
})
