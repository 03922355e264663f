import { createConnection } from 'node:net'
import { describe, expect, it } from 'vitest'
import { operationList } from '../../../src-shared/contract/index.ts'
import { TOKENS } from '../fixture/fakes.ts'
import { asOwner, bearer, codeOf, openGateway, PROTOCOLS } from '../fixture/open.ts'

const FOREIGN_HOSTS = [
  'example.org',
  'localhost.example.org',
  '127.0.0.1.example.org',
  'x@127.0.0.1',
  '10.0.0.1',
  '0.0.0.0',
  '[::2]',
  'localhost:80:80',
  'localhost:',
]
const foreignOrigins = (host: string) => [
  `https://${host}`,
  `http://localhost${host.slice(host.indexOf(':'))}`,
  'http://example.org',
  'null',
  '',
  `http://${host}.example.org`,
  `http://${host}/`,
  `http://${host},http://example.org`,
]
/** Every address the gateway has, with the scopes that may use it. */
const routes = [
  ...operationList.map(({ method, path }) => ({
    method,
    path: path.replace(/:\w+/g, 'x'),
    scopes: ['owner'],
  })),
  { method: 'GET', path: '/api/openapi.json', scopes: ['owner'] },
  { method: 'GET', path: '/api/runs/x/transcript', scopes: ['owner'] },
  { method: 'GET', path: `/api/artifacts/${'a'.repeat(64)}`, scopes: ['owner'] },
  { method: 'GET', path: '/api/stream', scopes: ['owner'] },
  { method: 'GET', path: '/metrics', scopes: ['owner', 'metrics'] },
  { method: 'POST', path: '/mcp', scopes: ['run'] },
  { method: 'GET', path: '/mcp', scopes: ['run'] },
]

describe('without a token', () => {
  it('serves health, the page and its assets', async () => {
    const { send } = await openGateway()
    expect(JSON.parse((await send('/healthz')).text)).toEqual({ status: 'ok', version: '1.2.3' })
    expect((await send('/')).text).toContain('<title>page</title>')
    expect((await send('/assets/page.js')).headers['content-type']).toMatch(/^text\/javascript/)
  })

  it('sends the page under a policy that allows nothing inline or foreign', async () => {
    const { send } = await openGateway()
    const { headers } = await send('/')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('gives each page a nonce of its own for styles, and assets none', async () => {
    const { send } = await openGateway()
    const nonceOf = async (path: string) => {
      const { text, headers } = await send(path)
      const allowed = /style-src 'self' 'nonce-([\w-]{22})'/.exec(
        String(headers['content-security-policy']),
      )?.[1]
      return { allowed, isGiven: allowed !== undefined && text.includes(`content="${allowed}"`) }
    }
    const first = await nonceOf('/')
    expect(first.isGiven).toBe(true)
    expect((await nonceOf('/index.html')).allowed).not.toBe(first.allowed)
    expect(await nonceOf('/assets/page.js')).toEqual({ allowed: undefined, isGiven: false })
  })

  it('refuses every other route, before its body is looked at', async () => {
    const { send, asked } = await openGateway()
    for (const { method, path } of routes) {
      const answer = await send(path, { method, headers: { 'content-type': 'text/plain' } })
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 401, 'token_refused'])
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
    expect(asked).toEqual([])
  })

  it.each(['/api/sessions?x=1', '/%61pi/sessions', '/api/sess%69ons'])(
    'refuses the spelling %s',
    async (path) => {
      const { send } = await openGateway()
      expect((await send(path)).status).toBe(401)
    },
  )

  it.each([
    '/../package.json',
    '/assets/../../secret',
    '/%2e%2e/secret',
    '/API/sessions',
    '//api/sessions',
  ])('finds nothing at %s', async (path) => {
    const { send } = await openGateway()
    const answer = await send(path)
    expect([answer.status, codeOf(answer)]).toEqual([404, 'not_found'])
  })

  it('answers no preflight', async () => {
    const { send, port } = await openGateway()
    const answer = await send('/api/sessions', {
      method: 'OPTIONS',
      headers: { origin: `http://127.0.0.1:${port}`, 'access-control-request-method': 'POST' },
    })
    expect(answer.status).toBe(404)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    )
  })
})

describe('a token', () => {
  it.each(Object.entries(TOKENS))(
    'of %s opens what is its own and nothing else',
    async (scope, token) => {
      const { send, asked } = await openGateway()
      for (const { method, path, scopes } of routes) {
        const answer = await send(path, { method, headers: bearer(token) })
        const isOpen = scopes.includes(scope)
        expect([path, answer.status === 401, answer.status === 403]).toEqual([path, false, !isOpen])
        if (!isOpen) expect(codeOf(answer)).toBe('scope_refused')
      }
      if (scope !== 'owner') expect(asked).toEqual([])
    },
  )

  it.each([
    `Bearer ${TOKENS.owner}x`,
    `Bearer ${TOKENS.owner.slice(0, -1)}`,
    'Bearer ',
    `Basic ${TOKENS.owner}`,
    TOKENS.owner,
    `bearer ${TOKENS.owner}`,
    `Bearer ${TOKENS.owner} x`,
    `Bearer ${'x'.repeat(5_000)}`,
  ])('is refused as %s', async (authorization) => {
    const { send } = await openGateway()
    expect((await send('/api/sessions', { headers: { authorization } })).status).toBe(401)
  })
})

describe('the host', () => {
  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1:65000', '[::1]:80'])(
    'may be %s',
    async (host) => {
      const { send } = await openGateway()
      expect((await send('/api/sessions', { headers: { ...asOwner, host } })).status).toBe(200)
    },
  )

  it.each(FOREIGN_HOSTS)('%s is refused everywhere', async (host) => {
    const { send, upgrade, asked } = await openGateway()
    const paths = ['/', '/healthz', '/nothing', '/%zz', ...new Set(routes.map(({ path }) => path))]
    for (const path of paths) {
      const answer = await send(path, { headers: { ...asOwner, host } })
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 403, 'host_refused'])
    }
    const stream = await upgrade('/api/stream', { host, 'sec-websocket-protocol': PROTOCOLS })
    expect([stream.status, codeOf(stream)]).toEqual([403, 'host_refused'])
    expect(asked).toEqual([])
  })
})

describe('a request by hand', () => {
  /** Writes exactly this and reads until the server closes. */
  const talk = (port: number, text: string) =>
    new Promise<string>((resolve, reject) => {
      let said = ''
      const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write(text))
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk
      })
      socket.on('error', reject).on('close', () => resolve(said))
    })
  const end = `\r\nConnection: close\r\nAuthorization: Bearer ${TOKENS.owner}\r\n\r\n`

  it.each([
    { name: 'without a host', text: 'GET /api/sessions HTTP/1.0', status: 403 },
    { name: 'of HTTP/1.1 without a host', text: 'GET /api/sessions HTTP/1.1', status: 403 },
    {
      name: 'to another host by its address',
      text: 'GET http://example.org/api/sessions HTTP/1.1\r\nHost: localhost',
      status: 403,
    },
    {
      name: 'with two hosts',
      text: 'GET /api/sessions HTTP/1.1\r\nHost: example.org\r\nHost: localhost',
      status: 403,
    },
    {
      name: 'with too long headers',
      text: `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}`,
      status: 431,
    },
    { name: 'that is none', text: 'NONSENSE', status: 400 },
    { name: 'with a broken address', text: 'GET /%zz HTTP/1.1\r\nHost: localhost', status: 400 },
  ])('$name is refused in the form of all others', async ({ text, status }) => {
    const { port, asked } = await openGateway()
    const said = await talk(port, text + end)
    expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(said).toMatch(
      /\{"error":\{"code":"(request_invalid|host_refused)","message":"[^"]+"\}\}$/,
    )
    expect(asked).toEqual([])
  })
})

describe('the origin', () => {
  it('may be the own one and no other', async () => {
    const { send, upgrade, port, asked } = await openGateway()
    const host = `127.0.0.1:${port}`
    const from = (origin: string) => ({ ...asOwner, host, origin })
    expect((await send('/api/sessions', { headers: from(`http://${host}`) })).status).toBe(200)
    asked.length = 0
    for (const origin of foreignOrigins(host)) {
      for (const path of ['/', '/healthz', '/nothing', ...routes.map(({ path }) => path)]) {
        const answer = await send(path, { headers: from(origin) })
        expect([origin, path, answer.status, codeOf(answer)]).toEqual([
          origin,
          path,
          403,
          'origin_refused',
        ])
      }
      const stream = await upgrade('/api/stream', {
        ...from(origin),
        'sec-websocket-protocol': PROTOCOLS,
      })
      expect([origin, stream.status, codeOf(stream)]).toEqual([origin, 403, 'origin_refused'])
    }
    expect(asked).toEqual([])
  })
})

describe('an upgrade', () => {
  it('answers with the protocol alone, never with the token', async () => {
    const { upgrade, port } = await openGateway()
    const host = `127.0.0.1:${port}`
    const answer = await upgrade('/api/stream', {
      host,
      origin: `http://${host}`,
      'sec-websocket-protocol': PROTOCOLS,
    })
    expect(answer.status).toBe(101)
    expect(answer.headers['sec-websocket-protocol']).toBe('thalogos.v1')
    expect(answer.headers['sec-websocket-extensions']).toBeUndefined()
  })

  const offering = (protocols: string) => ({ 'sec-websocket-protocol': protocols })
  it.each([
    { name: 'no protocol', headers: {}, code: 'token_refused' },
    { name: 'only the token', headers: offering(`bearer.${TOKENS.owner}`), code: 'token_refused' },
    { name: 'no token', headers: offering('thalogos.v1'), code: 'token_refused' },
    { name: 'a wrong token', headers: offering('thalogos.v1, bearer.x'), code: 'token_refused' },
    { name: 'the token in the wrong header', headers: asOwner, code: 'token_refused' },
    {
      name: 'the token of a run',
      headers: offering(`thalogos.v1, bearer.${TOKENS.run}`),
      code: 'scope_refused',
    },
    {
      name: 'the token for metrics',
      headers: offering(`thalogos.v1, bearer.${TOKENS.metrics}`),
      code: 'scope_refused',
    },
  ])('with $name is refused', async ({ headers, code }) => {
    const { upgrade, feed } = await openGateway()
    const answer = await upgrade('/api/stream', headers as Record<string, string>)
    expect([answer.status, codeOf(answer)]).toEqual([code === 'token_refused' ? 401 : 403, code])
    expect(feed.listeners()).toBe(0)
  })

  it.each(['/api/sessions', '/', '/healthz', '/nothing'])('of %s is refused', async (path) => {
    const { upgrade } = await openGateway()
    const answer = await upgrade(path, { ...asOwner, 'sec-websocket-protocol': PROTOCOLS })
    expect([answer.status, codeOf(answer)]).toEqual([404, 'not_found'])
  })

  it.each(['since=x', 'since=-1', 'since=1&since=2', `session=${'x'.repeat(65)}`])(
    'with %s is refused before it happens',
    async (query) => {
      const { upgrade } = await openGateway()
      const answer = await upgrade(`/api/stream?${query}`, { 'sec-websocket-protocol': PROTOCOLS })
      expect([answer.status, codeOf(answer)]).toEqual([400, 'request_invalid'])
    },
  )
})

describe('the rate', () => {
  const RATE = { owner: 5, run: 2, metrics: 3, open: 4 }
  const burst = async (send: (headers: Record<string, string>) => Promise<number>, n: number) => {
    const statuses = []
    for (let i = 0; i < n; i += 1) statuses.push(await send({}))
    return statuses
  }

  it('is counted for each token and for everybody without one', async () => {
    const { send } = await openGateway({}, { rate: RATE })
    const statusOf =
      (path: string, headers = {}) =>
      async () =>
        (await send(path, { headers })).status
    expect(await burst(statusOf('/healthz'), 5)).toEqual([200, 200, 200, 200, 429])
    // A wrong token counts as none, so that guessing ends soon.
    expect(await burst(statusOf('/api/sessions', bearer('wrong')), 1)).toEqual([429])
    expect(await burst(statusOf('/api/sessions', asOwner), 6)).toEqual([...Array(5).fill(200), 429])
    expect(await burst(statusOf('/metrics', bearer(TOKENS.metrics)), 4)).toEqual([
      ...Array(3).fill(200),
      429,
    ])
  })

  it('says so in the form of all errors, on the upgrade as well', async () => {
    const { send, upgrade } = await openGateway({}, { rate: { ...RATE, owner: 0 } })
    const answer = await send('/api/sessions', { headers: asOwner })
    expect([answer.status, codeOf(answer)]).toEqual([429, 'rate_exceeded'])
    const stream = await upgrade('/api/stream', { 'sec-websocket-protocol': PROTOCOLS })
    expect([stream.status, codeOf(stream)]).toEqual([429, 'rate_exceeded'])
  })

  it('lets an interface poll', async () => {
    const { send } = await openGateway()
    const statuses = new Set(
      await burst(async () => (await send('/api/sessions', { headers: asOwner })).status, 500),
    )
    expect([...statuses]).toEqual([200])
  })
})
