import { describe, expect, it } from 'vitest'
import { mayShow, outsideLink } from './link-rules.ts'

const splash = 'file:///opt/Thalogos/out/renderer/splash.html'
const allowed = { origin: () => 'http://127.0.0.1:4000', splash }

describe('mayShow', () => {
  it.each(['http://127.0.0.1:4000/', 'http://127.0.0.1:4000/#token=a', `${splash}#again`, splash])(
    'lets a window go to %s',
    (address) => expect(mayShow(address, allowed)).toBe(true),
  )

  it.each([
    'http://127.0.0.1:4001/',
    'http://localhost:4000/',
    'http://127.0.0.1:4000@example.invalid/',
    'https://127.0.0.1:4000/',
    'file:///etc/passwd',
    `${splash}/../../../etc/passwd`,
    'data:text/html,hello',
    'javascript:alert(1)',
    'about:blank',
    '',
  ])('keeps a window from %s', (address) => expect(mayShow(address, allowed)).toBe(false))

  it('knows no address while there is no gateway', () => {
    expect(mayShow('http://127.0.0.1:4000/', { origin: () => undefined, splash })).toBe(false)
    expect(mayShow('data:,', { origin: () => undefined, splash })).toBe(false)
  })
})

describe('outsideLink', () => {
  it('is what the browser will really be told', () => {
    expect(outsideLink('https://EXAMPLE.invalid/a b')).toBe('https://example.invalid/a%20b')
  })

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'vscode://x', 'no address', ''])(
    'is never %s',
    (address) => expect(outsideLink(address)).toBeUndefined(),
  )
})
