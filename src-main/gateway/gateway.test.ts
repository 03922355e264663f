import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Log, silentLog } from '../base/index.ts'
import { createGateway, type Gateway, newToken } from './index.ts'

const token = newToken()
let dir = ''
let gateway: Gateway
let port = 0

async function open(sessions: () => [] = () => [], log: Log = silentLog): Promise<Gateway> {
  const made = await createGateway({ sessions, token, pageDir: dir, version: '1.2.3', log })
  if (!made.ok) throw new Error(made.error.message)
  return made.value
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'thalogos-gateway-'))
  mkdirSync(join(dir, 'assets'))
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(dir, 'assets/page.js'), 'void 0')
  gateway = await open()
  port = Number(new URL(gateway.url).port)
})
afterEach(async () => {
  await gateway.close()
  rmSync(dir, { recursive: true, force: true })
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** Raw, so that Host and the path reach the server exactly as written here. */
function send(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      )
    })
    call.on('error', reject)
    call.end()
  })
}

const bearer = { authorization: `Bearer ${token}` }
const codeOf = ({ text }: Answer) => (JSON.parse(text) as { error: { code: string } }).error.code

describe('without a token', () => {
  it('serves health, the page and its assets', async () => {
    expect(JSON.parse((await send('/healthz')).text)).toEqual({ status: 'ok', version: '1.2.3' })
    expect((await send('/')).text).toContain('<title>page</title>')
    expect((await send('/assets/page.js')).headers['content-type']).toMatch(/^text\/javascript/)
  })

  it('sends the page under a policy that allows nothing inline or foreign', async () => {
    const { headers } = await send('/')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it.each(['/api/sessions', '/api/sessions?x=1', '/%61pi/sessions', '/api/sess%69ons'])(
    'refuses %s',
    async (path) => {
      const answer = await send(path)
      expect(answer.status).toBe(401)
      expect(codeOf(answer)).toBe('token_refused')
    },
  )

  it.each([
    '/../package.json',
    '/assets/../../secret',
    '/%2e%2e/secret',
    '/API/sessions',
    '//api/sessions',
  ])('finds nothing at %s', async (path) => {
    expect((await send(path)).status).toBe(404)
  })
})

describe('with a token', () => {
  it('lists the sessions', async () => {
    const answer = await send('/api/sessions', bearer)
    expect([answer.status, answer.text]).toEqual([200, '[]'])
  })

  it.each([
    `Bearer ${token}x`,
    `Bearer ${token.slice(0, -1)}`,
    'Bearer ',
    `Basic ${token}`,
    token,
    `bearer ${token} `.trim(),
  ])('refuses %s', async (authorization) => {
    expect((await send('/api/sessions', { authorization })).status).toBe(401)
  })

  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1:65000', '[::1]:80'])(
    'answers to the host %s',
    async (host) => {
      expect((await send('/api/sessions', { ...bearer, host })).status).toBe(200)
    },
  )

  it.each([
    'example.org',
    'localhost.example.org',
    '127.0.0.1.example.org',
    'x@127.0.0.1',
    '10.0.0.1',
    '0.0.0.0',
    '[::2]',
    'localhost:80:80',
  ])('refuses the host %s everywhere', async (host) => {
    for (const path of ['/api/sessions', '/', '/healthz', '/nothing']) {
      const answer = await send(path, { ...bearer, host })
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 403, 'host_refused'])
    }
  })

  it('accepts its own origin and no other', async () => {
    const host = `127.0.0.1:${port}`
    const from = async (origin: string) =>
      (await send('/api/sessions', { ...bearer, host, origin })).status
    expect(await from(`http://${host}`)).toBe(200)
    for (const origin of [
      `https://${host}`,
      `http://localhost:${port}`,
      'http://example.org',
      'null',
      `http://${host}.example.org`,
      `http://${host}/`,
    ]) {
      expect([origin, await from(origin)]).toEqual([origin, 403])
    }
  })

  it('answers a failure of its own with a closed code and without its details', async () => {
    await gateway.close()
    const said: string[] = []
    gateway = await open(
      () => {
        throw new Error('a path of the machine')
      },
      { ...silentLog, error: (message) => said.push(message) },
    )
    port = Number(new URL(gateway.url).port)
    const answer = await send('/api/sessions', bearer)
    expect([answer.status, codeOf(answer)]).toEqual([500, 'internal'])
    expect(answer.text).not.toContain('a path')
    expect(said).toEqual(['request failed'])
  })
})

describe('createGateway', () => {
  it('listens on the loopback interface only', () => {
    expect(new URL(gateway.url).hostname).toBe('127.0.0.1')
  })

  it('says when its port is taken', async () => {
    const second = await createGateway({
      sessions: () => [],
      token,
      pageDir: dir,
      version: '1',
      port,
      log: silentLog,
    })
    expect(second.ok ? 'opened' : second.error.code).toBe('port_unavailable')
  })

  it('serves the API when the page was not built', async () => {
    const bare = await createGateway({
      sessions: () => [],
      token,
      pageDir: join(dir, 'none'),
      version: '1',
      log: silentLog,
    })
    if (!bare.ok) throw new Error(bare.error.message)
    port = Number(new URL(bare.value.url).port)
    expect((await send('/')).status).toBe(404)
    expect((await send('/api/sessions', bearer)).status).toBe(200)
    await bare.value.close()
  })

  it('mints tokens of 256 bits that differ', () => {
    expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32)
    expect(newToken()).not.toBe(newToken())
  })
})
