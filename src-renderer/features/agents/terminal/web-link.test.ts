import { expect, it } from 'vitest'
import { webLink } from './web-link.ts'

it('follows http and https, and shows the address as it is opened', () => {
  expect(webLink('https://example.org/a b')).toBe('https://example.org/a%20b')
  expect(webLink('http://EXAMPLE.org')).toBe('http://example.org/')
  expect(webLink('https://exаmple.org/')).toBe('https://xn--exmple-4nf.org/')
})

it.each([
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/html,x',
  'vscode://file/x',
  'https://google.com@evil.example/',
  'not an address',
  `https://example.org/${'x'.repeat(3_000)}`,
])('does not follow %s', (text) => {
  expect(webLink(text)).toBeUndefined()
})
