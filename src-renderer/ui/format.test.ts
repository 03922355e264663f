import { expect, it } from 'vitest'
import { agentLook } from './agent-mark.tsx'
import { plainLines } from './evidence/plain-lines.ts'
import { ago, count, duration, money, tokens } from './format.ts'

it('says how long', () => {
  expect([0, 4_900, 187_000, 3_729_000].map(duration)).toEqual(['0 s', '4 s', '3:07', '1:02:09'])
})

it('says how long ago', () => {
  const now = Date.parse('2026-01-03T12:00:00Z')
  const times = [
    '2026-01-03T11:59:30Z',
    '2026-01-03T11:55:00Z',
    '2026-01-03T09:00:00Z',
    '2026-01-02T09:00:00Z',
    '2026-01-01T09:00:00Z',
  ]
  expect(times.map((at) => ago(at, now))).toEqual([
    'just now',
    '5 min ago',
    '3 h ago',
    'yesterday',
    '2 days ago',
  ])
})

it('says how much', () => {
  expect([0, 0.004, 0.42].map(money)).toEqual(['$0.00', '< $0.01', '$0.42'])
  expect([950, 12_400, 3_000_000].map(tokens)).toEqual(['950', '12.4k', '3M'])
  expect([count(1, 'task'), count(2, 'task')]).toEqual(['1 task', '2 tasks'])
})

it('keeps the words of what was printed and none of its orders', () => {
  const text =
    '\u001b[31mred\u001b[0m\r\n\u001b]0;title\u0007\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\\u0007\ttab\n'
  expect(plainLines(text)).toEqual([
    { n: 0, text: 'red' },
    { n: 1, text: 'link\ttab' },
  ])
})

it('shows an agent alike by its id and by its name, and an unknown one always the same', () => {
  expect(agentLook('Claude Code')).toBe(agentLook('claude'))
  expect(agentLook('Rehearsal amber')).toBe(agentLook('rehearsal-amber'))
  expect(agentLook('mine').glyph).toBe(agentLook('mine').glyph)
})
