import { describe, expect, it } from 'vitest'
import type { Approval } from '../../src-shared/contract/index.ts'
import { menuCommands, noticesOf } from './desktop-facts.ts'

const at = '2026-01-02T03:04:05.000Z'
const command = (keys: string) => ({ id: 'a', title: 'A', keys, run: () => undefined })

describe('menuCommands', () => {
  it.each([
    ['Mod+Shift+K', 'CommandOrControl+Shift+K'],
    ['F6', 'F6'],
    ['?', undefined],
    ['Mod+ArrowUp', undefined],
  ])('writes %s as the menu of the system does, or leaves it out', (keys, shown) => {
    expect(menuCommands([command(keys)], (one) => one.keys)[0]?.keys).toBe(shown)
  })

  it('shows the keys that the user chose, and what cannot be done now', () => {
    const off = { ...command('Mod+S'), enabled: false }
    expect(menuCommands([off], () => 'Alt+S')).toEqual([
      { id: 'a', title: 'A', enabled: false, keys: 'Alt+S' },
    ])
  })
})

describe('noticesOf', () => {
  it('names open questions and alerts, cut to what a notification shows', () => {
    const approval: Approval = {
      id: 'q',
      sessionId: 's',
      kind: 'permission',
      question: 'x'.repeat(300),
      options: [],
      state: 'open',
      subject: '',
      at,
    }
    const answered: Approval = { ...approval, id: 'old', state: 'denied' }
    const found = noticesOf(
      { q: approval, old: answered },
      { a: { id: 'a', kind: 'run_stalled', message: 'It says nothing.', at } },
    )
    expect(found.map(({ id, body }) => [id, body.length])).toEqual([
      ['q', 200],
      ['a', 16],
    ])
  })
})
