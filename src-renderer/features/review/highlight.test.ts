import { expect, it } from 'vitest'
import { highlight, languageOf } from './highlight.ts'

it('knows languages by their endings', () => {
  expect(['a.ts', 'b/c.mjs', 'x.yml', 'page.html', 'README', 'a.unknown'].map(languageOf)).toEqual([
    'ts',
    'javascript',
    'yaml',
    'xml',
    undefined,
    undefined,
  ])
})

it('gives every character back, with what it is', () => {
  const line = "const a = '<img src=x onerror=alert(1)>' // why"
  const pieces = highlight(line, 'javascript')
  expect(pieces.map(({ text }) => text).join('')).toBe(line)
  expect(pieces).toContainEqual({ text: 'const', kind: 'keyword' })
  expect(pieces).toContainEqual({ text: "'<img src=x onerror=alert(1)>'", kind: 'string' })
})

it('leaves very long lines as they are', () => {
  const line = 'a'.repeat(5_000)
  expect(highlight(line, 'javascript')).toEqual([{ text: line }])
})
