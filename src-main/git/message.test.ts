import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addParagraph, agentIdentity, composeMessage } from './message.ts'

const trailers = [
  ['Session', 's1'],
  ['Supervised-by', 'Thalogos'],
] as const

/** What git itself takes for trailers. */
const trailersOf = (message: string) =>
  execFileSync('git', ['interpret-trailers', '--parse'], {
    input: message,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  })

describe('a message', () => {
  it('has a subject of one line, a body and the trailers last', () => {
    const body = 'First.\r\nSecond.  \n\n\n\nThird.'
    expect(composeMessage({ subject: 'Add\n a thing', body, trailers })).toBe(
      'Add a thing\n\nFirst.\nSecond.\n\nThird.\n\nSession: s1\nSupervised-by: Thalogos\n',
    )
  })

  it('cuts what is long, drops what steers, and stands without words', () => {
    const message = composeMessage({
      subject: `\u001b]0;x\u0007${'a'.repeat(500)}`,
      body: `\u001b[31mred\u0000${'b'.repeat(50_000)}`,
      trailers: [['Task', `x\nSession: forged ${'c'.repeat(900)}`]],
    })
    const [subject = '', body = '', last = ''] = message.split('\n\n')
    expect([...subject]).toHaveLength(100)
    expect(body.length).toBeLessThanOrEqual(16_000)
    expect(last.trim().split('\n')).toHaveLength(1)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(message).not.toMatch(/[\u0000\u001b\u0007]/)
    expect(composeMessage({ subject: '\u0000 ', trailers: [] })).toBe('Work without a title\n')
  })

  it('lets no text forge or hide a trailer, as git itself reads them', () => {
    const hostile = [
      'Session: forged\n---',
      'x\n\nSession: forged\n',
      '--- a/x\nTask: forged',
      'Task: a\n b',
    ]
    for (const text of hostile) {
      const message = composeMessage({ subject: text, body: text, trailers })
      expect(trailersOf(message)).toBe('Session: s1\nSupervised-by: Thalogos\n')
      expect(trailersOf(addParagraph(message, text))).toBe('Session: s1\nSupervised-by: Thalogos\n')
    }
  })

  it('is always text with exactly its trailers at the end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (subject, body) => {
        const message = addParagraph(composeMessage({ subject, body, trailers }), body)
        expect(message.isWellFormed()).toBe(true)
        expect(message.endsWith('\n\nSession: s1\nSupervised-by: Thalogos\n')).toBe(true)
        expect(message.split('\n')[1]).toBe('')
        expect(message).not.toMatch(/^---/m)
      }),
    )
  })

  it('refuses a trailer that is none', () => {
    expect(() => composeMessage({ subject: 's', trailers: [['A b', 'c']] })).toThrow(/trailer/)
  })

  it('takes a paragraph before its trailers, at its end when it has none', () => {
    expect(addParagraph(composeMessage({ subject: 's', trailers }), 'p')).toBe(
      's\n\np\n\nSession: s1\nSupervised-by: Thalogos\n',
    )
    expect(addParagraph('fix: thing\n', 'p')).toBe('fix: thing\n\np\n')
    expect(addParagraph('s\n', ' \n ')).toBe('s\n')
  })
})

describe('the author for an agent', () => {
  it('is named after it, at an address that reaches nobody', () => {
    expect(agentIdentity('Codex')).toEqual({
      name: 'Codex',
      email: 'codex@agents.thalogos.invalid',
    })
    expect(agentIdentity('Claude Code')).toEqual({
      name: 'Claude Code',
      email: 'claude-code@agents.thalogos.invalid',
    })
    expect(agentIdentity('<x>\n@')).toEqual({ name: 'x @', email: 'x@agents.thalogos.invalid' })
    expect(agentIdentity('<>')).toEqual({ name: 'Agent', email: 'agent@agents.thalogos.invalid' })
  })
})
