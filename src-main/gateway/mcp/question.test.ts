import { expect, it } from 'vitest'
import { toolQuestion } from './question.ts'

it.each([
  ['Bash', { command: 'npm test', description: 'Runs the tests' }, 'shell', 'npm test'],
  ['Edit', { file_path: '/w/a.ts', old_string: 'a', new_string: 'b' }, 'edit', '/w/a.ts'],
  ['MultiEdit', { file_path: '/w/a.ts', edits: [] }, 'edit', '/w/a.ts'],
  ['Write', { file_path: '/w/a.ts', content: 'x' }, 'edit', '/w/a.ts'],
  ['NotebookEdit', { notebook_path: '/w/a.ipynb' }, 'edit', '/w/a.ipynb'],
  ['WebFetch', { url: 'https://example.org/', prompt: 'p' }, 'fetch', 'https://example.org/'],
  ['mcp__x__y', { b: [1], a: 'ü' }, 'mcp__x__y', '{"b":[1],"a":"ü"}'],
  ['Bash', { command: 7 }, 'Bash', '{"command":7}'],
  ['constructor', {}, 'constructor', '{}'],
])('%s with %j is a question about %s', (...row) => {
  const [name, input, tool, subject] = row
  expect(toolQuestion(name, input)).toMatchObject({ tool, subject, input })
})

it('gives a reason where there is one', () => {
  expect(toolQuestion('Bash', { command: 'ls', description: 'Lists' }).why).toBe('Lists')
  expect(toolQuestion('Bash', { command: 'ls' }).why).toBeUndefined()
  expect(toolQuestion('Bash', { command: 'ls', description: ' ' }).why).toBeUndefined()
})

it('writes out what would steer a terminal, so that nothing allowed was hidden', () => {
  const { tool, subject, why } = toolQuestion('Bash', {
    command: 'echo ok\r\u001b[1A\u202ehidden\u200b\nrm\tx',
    description: '\u009b2J',
  })
  expect([tool, subject, why]).toEqual([
    'shell',
    'echo ok\\u000d\\u001b[1A\\u202ehidden\\u200b\nrm\tx',
    '\\u009b2J',
  ])
  expect(toolQuestion('\u001b[2J', {}).tool).toBe('\\u001b[2J')
})
