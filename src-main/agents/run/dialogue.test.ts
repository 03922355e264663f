import { describe, expect, it } from 'vitest'
import type { AgentEvent, OutputParser } from '../adapter.ts'
import { createDialogue } from './dialogue.ts'

const asked = (id: string, subject = 'ls'): AgentEvent => ({
  type: 'asked',
  question: { id, tool: 'shell', subject },
})
const withdrawn = (question: string) => ({ type: 'withdrawn', question })
const closed: AgentEvent = { type: 'closed', closing: { ok: true } }
const sent = (id: string, decision: string): AgentEvent => ({
  type: 'send',
  text: `${id} ${decision}`,
})

/** A parser whose bytes are its events. */
const told: OutputParser = {
  begin: () => [{ type: 'send', text: 'hello' }],
  push: (chunk) => JSON.parse(chunk.toString()) as AgentEvent[],
  answer: (id, { decision }) => [sent(id, decision)],
  end: () => [],
}
const open = (canAsk = true) => {
  const dialogue = createDialogue(told, canAsk)
  const push = (...events: AgentEvent[]) => dialogue.push(Buffer.from(JSON.stringify(events)))
  return { ...dialogue, push }
}
const allow = { decision: 'allow' } as const

describe('a dialogue', () => {
  it('takes one answer to each question that is open', () => {
    const { begin, push, answer } = open()
    expect(begin()).toEqual([{ type: 'send', text: 'hello' }])
    expect(push(asked('a'), asked('a'))).toEqual([asked('a')])
    expect(answer('b', allow)).toEqual([])
    expect(answer('a', allow)).toEqual([
      { type: 'answered', question: 'a', answer: allow },
      sent('a', 'allow'),
    ])
    expect(answer('a', allow)).toEqual([])
    expect(push(asked('a'))).toEqual([asked('a')])
  })

  it('passes on what was taken back, once', () => {
    const { push, answer } = open()
    const back = { type: 'withdrawn', question: 'a' } as const
    expect(push(back, asked('a'), back, back)).toEqual([asked('a'), withdrawn('a')])
    expect(answer('a', allow)).toEqual([])
  })

  it('withdraws what is open when the agent has closed, or its output ends', () => {
    const first = open()
    expect(first.push(asked('a'), asked('b'), closed)).toEqual([
      asked('a'),
      asked('b'),
      withdrawn('a'),
      withdrawn('b'),
      closed,
    ])
    expect(first.end(0)).toEqual([])
    const second = open()
    second.push(asked('a'))
    expect(second.end(null)).toEqual([withdrawn('a')])
  })

  it('denies a flood of questions, and one that nobody could read', () => {
    const { push, answer } = open()
    const many = Array.from({ length: 65 }, (_, n) => asked(`q${n}`))
    const events = push(...many)
    expect(events.filter(({ type }) => type === 'asked')).toHaveLength(64)
    expect(events.at(-1)).toEqual(sent('q64', 'deny'))
    answer('q0', allow)
    const long = push(asked('long', 'x'.repeat(300_000)))
    expect(long.map(({ type }) => type)).toEqual(['item', 'send'])
    expect(long.at(-1)).toEqual(sent('long', 'deny'))
  })

  it('denies everything where nobody can be asked, also what is asked in reply', () => {
    const stubborn: OutputParser = {
      ...told,
      answer: (id, { decision }) =>
        id === 'a' ? [sent(id, decision), asked('b')] : [sent(id, decision)],
    }
    const dialogue = createDialogue(stubborn, false)
    const events = dialogue.push(Buffer.from(JSON.stringify([asked('a')])))
    expect(events.filter(({ type }) => type === 'send')).toEqual([
      sent('a', 'deny'),
      sent('b', 'deny'),
    ])
    expect(events.some(({ type }) => type === 'asked')).toBe(false)
  })
})
