import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { Markdown } from './markdown.tsx'

afterEach(cleanup)

it('leaves HTML what it is: text', () => {
  render(<Markdown text={'a <script>alert(1)</script> <b onclick="x()">b</b>'} />)
  expect(document.querySelector('script, b')).toBeNull()
  expect(document.body.textContent).toContain('<script>alert(1)</script>')
})

it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '/api/settings'])(
  'makes no link of %s',
  (href) => {
    render(<Markdown text={`[click](${href})`} />)
    expect(document.querySelector('a')).toBeNull()
    expect(screen.getByText('click')).toBeDefined()
  },
)

it('shows where a link leads, and hands nothing on', () => {
  render(<Markdown text="[your bank](https://evil.example/x)" />)
  const link = screen.getByRole('link', { name: '(https://evil.example/x)' })
  expect(link.getAttribute('href')).toBe('https://evil.example/x')
  expect(link.getAttribute('rel')).toContain('noreferrer')
})

it('fetches no picture', () => {
  render(<Markdown text="![pixel](https://evil.example/p.png)" />)
  expect(document.querySelector('img')).toBeNull()
})
