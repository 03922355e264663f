import { describe, expect, it } from 'vitest'
import { fetchSessions, takeToken } from './connection.ts'

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

  it('has none when none was given', () => {
    const { location, history, storage } = browser('#other')
    expect(takeToken(location, history, storage)).toBeUndefined()
  })
})

describe('fetchSessions', () => {
  const answering = (status: number) => () => Promise.resolve(new Response('[]', { status }))

  it('sends the token in a header, never in the address', async () => {
    const asked: unknown[] = []
    await fetchSessions('abc', (...call) => {
      asked.push(call)
      return Promise.resolve(new Response('[]'))
    })
    expect(asked).toEqual([['/api/sessions', { headers: { authorization: 'Bearer abc' } }]])
  })

  it('makes a sentence of every way to fail', async () => {
    expect(await fetchSessions('abc', answering(200))).toEqual({ ok: true, sessions: [] })
    expect(await fetchSessions('abc', answering(401))).toMatchObject({ ok: false })
    expect(await fetchSessions('abc', answering(500))).toMatchObject({ ok: false })
    const gone = () => Promise.reject(new TypeError('fetch failed'))
    expect(await fetchSessions('abc', gone)).toMatchObject({
      ok: false,
      message: 'Thalogos does not answer. Trying again.',
    })
  })
})
