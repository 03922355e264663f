import { describe, expect, it } from 'vitest'
import { operations } from '../../../src-shared/contract/index.ts'
import { readCall, requestOf } from './call.ts'

describe('a call', () => {
  it('becomes a request: names in the path, the query and the body', () => {
    expect(requestOf(operations.retryTask, { session: 'a/b', task: 't', note: 'n' })).toEqual({
      path: '/api/sessions/a%2Fb/tasks/t/retry',
      body: '{"note":"n"}',
    })
    expect(requestOf(operations.timeline, { session: 's', since: 3, type: undefined })).toEqual({
      path: '/api/sessions/s/timeline?since=3',
    })
    expect(requestOf(operations.getStatus, {})).toEqual({ path: '/api/status' })
    expect(requestOf(operations.suspendSession, { session: 's' })).toEqual({
      path: '/api/sessions/s/suspend',
    })
  })

  it('becomes the input of a handler: checked, with defaults filled in', () => {
    expect(readCall(operations.timeline, { session: 's', since: '3' })).toEqual({
      ok: true,
      value: { session: 's', since: 3, limit: 1_000 },
    })
    expect(readCall(operations.listAgents, { refresh: 'true' })).toEqual({
      ok: true,
      value: { refresh: true },
    })
  })

  it.each([
    ['what is missing', operations.getSession, {}],
    ['what has another form', operations.postMessage, { session: 's', text: '' }],
    ['what is too much', operations.getStatus, { more: 1 }],
  ])('is refused for %s', (_, operation, call) => {
    expect(readCall(operation, call)).toMatchObject({
      ok: false,
      error: { code: 'request_invalid' },
    })
  })
})
