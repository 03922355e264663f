import { describe, expect, it } from 'vitest'
import { takeToken } from './token.ts'

function browser(hash: string, stored?: string) {
  const seen: (string | null)[] = []
  const values = new Map(stored === undefined ? [] : [['thalogos.token', stored]])
  return {
    seen,
    values,
    location: { hash, pathname: '/' },
    history: {
      replaceState: (_data: unknown, _unused: string, url?: string | URL | null) =>
        void seen.push(String(url)),
    },
    storage: {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
    },
  }
}

describe('takeToken', () => {
  it('takes the token out of the address at once', () => {
    const { location, history, storage, seen } = browser('#token=abc')
    expect(takeToken(location, history, storage)).toBe('abc')
    expect(seen).toEqual(['/'])
  })

  it('keeps it for a reload of the tab, and prefers a new one', () => {
    const old = browser('', 'old')
    expect(takeToken(old.location, old.history, old.storage)).toBe('old')
    expect(old.seen).toEqual([])
    const both = browser('#token=new', 'old')
    expect(takeToken(both.location, both.history, both.storage)).toBe('new')
    expect(both.values.get('thalogos.token')).toBe('new')
  })

  it('leaves the address of a session as it is', () => {
    const { location, history, storage, seen } = browser('#/session/s1', 'kept')
    expect(takeToken(location, history, storage)).toBe('kept')
    expect(seen).toEqual([])
  })
})
