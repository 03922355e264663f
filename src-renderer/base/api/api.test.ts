import { describe, expect, it } from 'vitest'
import { addressOf } from './address.ts'
import { createApi } from './api.ts'
import { explain } from './explain.ts'

describe('addressOf', () => {
  it('puts each part of the input where the contract says', () => {
    expect(addressOf('timeline', { session: 'a/b', since: 3 })).toEqual({
      method: 'GET',
      url: '/api/sessions/a%2Fb/timeline?since=3',
    })
    expect(addressOf('messageTask', { session: 's', task: 't', text: 'x', now: true })).toEqual({
      method: 'POST',
      url: '/api/sessions/s/tasks/t/message',
      body: '{"text":"x","now":true}',
    })
  })

  it('leaves out what is not given, and asks for nothing without its path', () => {
    expect(addressOf('saveCheckpoint', { session: 's', message: undefined }).body).toBe('{}')
    expect(() => addressOf('getSession', {})).toThrow('getSession needs session')
  })
})

describe('the api', () => {
  const answering = (response: Response | Error) => {
    const asked: [string, RequestInit][] = []
    const ask = ((url: string, init: RequestInit) => {
      asked.push([url, init])
      return response instanceof Error ? Promise.reject(response) : Promise.resolve(response)
    }) as typeof fetch
    return { asked, api: createApi('abc', ask) }
  }

  it('sends the token in a header, never in the address', async () => {
    const { api, asked } = answering(new Response('[]'))
    expect(await api.call('listSessions', {})).toEqual({ ok: true, value: [] })
    expect(asked).toEqual([
      ['/api/sessions', { method: 'GET', headers: { authorization: 'Bearer abc' } }],
    ])
  })

  it('makes an error of every way to fail', async () => {
    const error = { code: 'save_nothing', message: 'nothing', details: { a: 1 } }
    const refused = answering(new Response(JSON.stringify({ error }), { status: 409 }))
    expect(await refused.api.call('listAlerts', {})).toEqual({ ok: false, error })
    const strange = answering(new Response('<html>', { status: 502 }))
    expect(await strange.api.call('listAlerts', {})).toMatchObject({ error: { code: 'http_502' } })
    const gone = answering(new TypeError('fetch failed'))
    expect(await gone.api.call('listAlerts', {})).toMatchObject({ error: { code: 'unreachable' } })
    const half = answering(new Response('[{'))
    expect(await half.api.call('listAlerts', {})).toMatchObject({ error: { code: 'unreachable' } })
  })
})

it('an error is explained in the words of the contract, and one without a known code in its own', () => {
  expect(explain({ code: 'index_locked', message: '.git/index.lock is there' }).what).toMatch(
    /holds the index.* \.git\/index\.lock is there$/,
  )
  expect(explain({ code: 'new_one', message: 'Something new.' })).toEqual({
    what: 'Something new.',
    kept: '',
    next: '',
  })
})
