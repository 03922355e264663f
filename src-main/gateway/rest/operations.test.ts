import { describe, expect, it } from 'vitest'
import {
  type ErrorCode,
  errorCodes,
  type OperationName,
  operationList,
  operations,
  wordingOf,
} from '../../../src-shared/contract/index.ts'
import { FailureError, fail, type Log, ok, silentLog } from '../../base/index.ts'
import { asOwner, codeOf, type Opened, openGateway } from '../fixture/open.ts'
import { samples, session } from '../fixture/samples.ts'
import { statusOf } from './statuses.ts'

const callOf = (name: OperationName) => samples[name].call as object

/** A call of an operation as a request: params in the path, query behind it, the rest as JSON. */
function requestOf(name: OperationName, call: object = callOf(name)) {
  const { method, path, params, query, body } = operationList.find((one) => one.name === name) ?? {
    method: 'GET',
    path: '',
  }
  const values = call as Record<string, unknown>
  const pick = (schema: { shape: object } | undefined) =>
    Object.entries(values).filter(([key]) => Object.hasOwn(schema?.shape ?? {}, key))
  const given = new Map(pick(params).map(([key, value]) => [key, String(value)]))
  const search = new URLSearchParams(
    Object.fromEntries(pick(query).map(([key, value]) => [key, String(value)])),
  )
  return {
    method,
    path: `${path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(given.get(key) ?? ''))}${search.size > 0 ? `?${search}` : ''}`,
    body: body && JSON.stringify(Object.fromEntries(pick(body))),
  }
}

function call({ send }: Opened, name: OperationName, given?: object) {
  const { method, path, body } = requestOf(name, given)
  return send(path, {
    method,
    headers: { ...asOwner, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
  })
}

const names = operationList.map(({ name }) => name)
const withBody = operationList.flatMap(({ name, body }) => (body ? [name] : []))
const answering = (name: OperationName, outcome: () => unknown) =>
  openGateway({ operations: { [name]: outcome } as never })

describe.each(names)('%s', (name) => {
  it('gives its handler the checked input and answers in the form of the contract', async () => {
    const opened = await openGateway()
    const answer = await call(opened, name)
    const {
      status = 200,
      params,
      query,
      body,
    } = operationList.find((one) => one.name === name) ?? {}
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      'application/json; charset=utf-8',
    ])
    expect(operations[name].answer.safeParse(JSON.parse(answer.text)).error).toBeUndefined()
    expect(JSON.parse(answer.text)).toEqual(samples[name].answer)
    const given = callOf(name)
    const wanted = [params, query, body].map((schema) =>
      schema
        ? schema.parse(
            Object.fromEntries(Object.entries(given).filter(([key]) => key in schema.shape)),
          )
        : {},
    )
    expect(opened.asked).toEqual([{ name, input: Object.assign({}, ...wanted) }])
  })

  it('answers each of its errors with its status, its words and its details', async () => {
    const { errors } = operations[name]
    let code: ErrorCode = 'internal'
    const opened = await answering(name, () =>
      Promise.resolve(
        fail(code, 'said\u001b[2J so', { details: { path: 'x' }, cause: new Error('secret') }),
      ),
    )
    for (code of [...errors, 'internal', 'disk_full'] as const) {
      const answer = await call(opened, name)
      expect([code, answer.status]).toEqual([code, statusOf(code)])
      expect(JSON.parse(answer.text)).toEqual({
        error: { code, message: 'said so', details: { path: 'x' } },
      })
    }
  })
})

describe('an answer', () => {
  it('carries what the contract has and nothing besides', async () => {
    const opened = await answering('getSession', () =>
      Promise.resolve(ok({ ...session, secret: 'x' })),
    )
    expect(JSON.parse((await call(opened, 'getSession')).text)).toEqual(session)
  })

  it('that is not of its form is ours to be logged, not the client’s to guess', async () => {
    const said: unknown[] = []
    const log: Log = { ...silentLog, with: () => log, error: (message) => said.push(message) }
    const opened = await openGateway({
      log,
      operations: { getSession: () => Promise.resolve(ok({ ...session, state: 'odd' })) } as never,
    })
    const answer = await call(opened, 'getSession')
    expect([answer.status, codeOf(answer)]).toEqual([500, 'internal'])
    expect(said).toEqual(['an answer did not have its form'])
  })

  it('to what was thrown names its code, and the log alone the details', async () => {
    const said: unknown[] = []
    const log: Log = { ...silentLog, with: () => log, error: (message) => said.push(message) }
    const thrown = (error: Error) =>
      openGateway({ log, operations: { listAgents: () => Promise.reject(error) } as never })
    const cases = [
      [new Error('a path of the machine'), 500, 'internal'],
      [Object.assign(new Error('a path'), { code: 'ENOSPC' }), 507, 'disk_full'],
      [new FailureError({ code: 'not_found', message: 'a path' }), 404, 'not_found'],
    ] as const
    for (const [error, status, code] of cases) {
      const answer = await call(await thrown(error), 'listAgents')
      expect([answer.status, codeOf(answer)]).toEqual([status, code])
      expect(answer.text).not.toContain('a path')
    }
    expect(said).toEqual(cases.map(() => 'request failed'))
  })
})

describe('input', () => {
  it.each([
    ['addProject', {}, 'path'],
    ['addProject', { path: 7 }, 'path'],
    ['addProject', { path: 'x'.repeat(4_097) }, 'path'],
    [
      'createSession',
      { repo: '/p', goal: 'g', plan: { tasks: [{ title: 'a' }] } },
      'plan.tasks[0].prompt',
    ],
    ['reviewTask', { session: 's', task: 't', decision: 'maybe' }, 'decision'],
    ['rollBack', { session: 's', checkpoint: -1 }, 'checkpoint'],
    ['takeOverRun', { run: 'r', cols: 1 }, 'cols'],
    ['putSettings', { ui: { '\u001b[2J': 1 } }, 'ui["\\u001b[2J"]'],
  ] as const)('of %s names the first fault: %j', async (name, given, path) => {
    const opened = await openGateway()
    const answer = await call(opened, name, given)
    expect([answer.status, codeOf(answer)]).toEqual([400, 'request_invalid'])
    const { error } = JSON.parse(answer.text) as { error: { message: string; details: object } }
    expect(error.message).toBe(wordingOf('request_invalid').what)
    expect(error.details).toMatchObject({ path, problem: expect.stringMatching(/./) })
    expect(opened.asked).toEqual([])
  })

  it('may not have keys that the contract does not know', async () => {
    const opened = await openGateway()
    const answer = await opened.post('/api/projects', { path: '/p', odd: 1 })
    expect([answer.status, codeOf(answer)]).toEqual([400, 'request_invalid'])
  })

  it.each([
    '/api/sessions/s1/timeline?since=x',
    '/api/sessions/s1/timeline?limit=0',
    '/api/sessions/s1/timeline?since=1&since=2',
    '/api/sessions?state=odd',
    '/api/agents?refresh=perhaps',
  ])('in the query is checked: %s', async (path) => {
    const { send } = await openGateway()
    const answer = await send(path, { headers: asOwner })
    expect([answer.status, codeOf(answer)]).toEqual([400, 'request_invalid'])
  })

  it('may be left out where everything has a default, or nothing is asked', async () => {
    const { send, asked } = await openGateway()
    const json = { ...asOwner, 'content-type': 'application/json' }
    const bodies = [{ headers: asOwner }, { headers: json }, { headers: json, body: '{}' }]
    for (const path of ['/api/sessions/s1/checkpoints', '/api/sessions/s1/start']) {
      for (const given of bodies) {
        const answer = await send(path, { method: 'POST', ...given })
        expect([path, given, answer.status < 300]).toEqual([path, given, true])
      }
    }
    expect(asked.map(({ input }) => input)).toEqual([
      ...Array(3).fill({ session: 's1', finalize: false, allowUnchecked: false }),
      ...Array(3).fill({ session: 's1' }),
    ])
    expect((await send('/api/projects', { method: 'POST', headers: json })).status).toBe(400)
  })
})

describe.each(withBody)('the body of %s', (name) => {
  const { method, path } = requestOf(name)
  /** What is said to each of these bodies, none of which reaches the handler. */
  const answersTo = async (given: readonly (readonly [type: string, body: string])[]) => {
    const { send, asked } = await openGateway()
    const said = new Set<string>()
    for (const [type, body] of given) {
      const headers = { ...asOwner, ...(type === '' ? {} : { 'content-type': type }) }
      const answer = await send(path, { method, headers, body })
      said.add(`${answer.status} ${codeOf(answer)}`)
    }
    expect(asked).toEqual([])
    return [...said]
  }

  it('is refused as anything but JSON', async () => {
    const types = [
      '',
      'text/plain',
      'text/plain; charset=utf-8',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'text/json',
      'application/json+x',
    ]
    expect(await answersTo(types.map((type) => [type, '{"a":1}']))).toEqual([
      '415 media_type_refused',
    ])
  })

  it('is refused past 1 MiB', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(1_048_576) })
    expect(await answersTo([['application/json', body]])).toEqual(['413 body_too_large'])
  })

  it('is refused when it is deep, poisoned or no object', async () => {
    const bodies = [
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      '['.repeat(500_000),
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
      '{"__proto__":{"isAdmin":true}}',
      '{"\\u005f_proto__":{"isAdmin":true}}',
      '{"constructor":{"prototype":{"isAdmin":true}}}',
      '{"ui":{"a":[{"__proto__":{"isAdmin":true}}]}}',
      '{',
      '[]',
      '1',
    ]
    expect(await answersTo(bodies.map((body) => ['application/json', body]))).toEqual([
      '400 request_invalid',
    ])
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
  })
})

describe('the statuses', () => {
  it('have one of HTTP for each error code', () => {
    for (const code of errorCodes) expect([code, statusOf(code) >= 400]).toEqual([code, true])
  })
})
