import { describe, expect, it } from 'vitest'
import { nameOf, showKeys } from './commands.ts'

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})

describe('the name of a key press', () => {
  it('has its modifiers, and Mod for the one of the system', () => {
    expect(nameOf(press('k', { ctrlKey: true }), false)).toBe('Mod+K')
    expect(nameOf(press('k', { metaKey: true }), true)).toBe('Mod+K')
    expect(nameOf(press('F6', { shiftKey: true }), false)).toBe('Shift+F6')
    expect(nameOf(press('Enter', { altKey: true }), false)).toBe('Alt+Enter')
  })

  it('is of a sign the sign, however it is typed, and of a letter the letter', () => {
    expect(nameOf(press('?', { shiftKey: true }), false)).toBe('?')
    expect(nameOf(press('?'), false)).toBe('?')
    expect(nameOf(press('K', { shiftKey: true }), false)).toBe('Shift+K')
  })

  it('is the key’s own where Alt types something else, as on a Mac', () => {
    expect(nameOf(press('¡', { altKey: true, code: 'Digit1' }), true)).toBe('Alt+1')
  })

  it('is shown as the system shows it', () => {
    expect(showKeys('Mod+Shift+K', true)).toBe('⌘⇧K')
    expect(showKeys('Mod+Alt+B', false)).toBe('Ctrl+Alt+B')
  })
})
