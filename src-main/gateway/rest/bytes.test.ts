import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeOutput, TOKENS } from '../fixture/fakes.ts'
import { asOwner, bearer, codeOf, openGateway } from '../fixture/open.ts'

const get = async (
  path: string,
  setUp: (opened: Awaited<ReturnType<typeof openGateway>>) => void,
) => {
  const opened = await openGateway()
  setUp(opened)
  return opened.send(path, { headers: asOwner })
}

describe('a transcript', () => {
  const bytes = Buffer.concat([
    Buffer.from('<script>alert(1)</script>'),
    Buffer.alloc(300_000, 0xe2),
  ])
  const run = (path: string) =>
    get(path, ({ outputs }) => {
      const output = new FakeOutput(7)
      output.print(bytes)
      outputs.set('r1', output)
    })

  it('comes as a file to be stored, whole, while the run goes on', async () => {
    const answer = await run('/api/runs/r1/transcript?view=raw')
    expect(answer.status).toBe(200)
    expect(answer.bytes.equals(bytes)).toBe(true)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="run-7-raw.log"',
      'content-length': String(bytes.length),
      'x-content-type-options': 'nosniff',
    })
  })

  it.each([
    [100, bytes.subarray(100)],
    [-100, bytes.subarray(-100)],
    [999_999, Buffer.alloc(0)],
    [-999_999, bytes],
  ])('comes from %i on', async (from, wanted) => {
    const answer = await run(`/api/runs/r1/transcript?from=${from}`)
    expect(answer.bytes.equals(wanted)).toBe(true)
  })

  it.each([
    ['/api/runs/r1/transcript?from=x', 400, 'request_invalid'],
    ['/api/runs/r1/transcript?view=odd', 400, 'request_invalid'],
    ['/api/runs/r9/transcript', 404, 'not_found'],
  ])('at %s is refused', async (path, status, code) => {
    const answer = await run(path)
    expect([answer.status, codeOf(answer)]).toEqual([status, code])
  })

  it('is let go when it was sent, and when nobody waits for it any more', async () => {
    const { send, outputs, port } = await openGateway()
    const output = new FakeOutput(7)
    output.print(Buffer.alloc(50_000_000))
    outputs.set('r1', output)
    await send('/api/runs/r1/transcript?from=-5', { headers: asOwner })
    expect(output.viewers).toBe(0)
    const stop = new AbortController()
    const url = `http://127.0.0.1:${port}/api/runs/r1/transcript`
    const answer = await fetch(url, { headers: asOwner, signal: stop.signal })
    await answer.body?.getReader().read()
    expect(output.viewers).toBe(1)
    stop.abort()
    while (output.viewers > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  })
})

describe('an artifact', () => {
  const bytes = Buffer.from('<svg onload="alert(1)"/>'.repeat(10_000))
  const hash = createHash('sha256').update(bytes).digest('hex')
  const artifact = (path: string) => get(path, ({ files }) => files.set(hash, bytes))

  it('comes as a file to be stored', async () => {
    const answer = await artifact(`/api/artifacts/${hash}`)
    expect(answer.status).toBe(200)
    expect(answer.bytes.equals(bytes)).toBe(true)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${hash}"`,
      'x-content-type-options': 'nosniff',
    })
  })

  it('comes from a byte on', async () => {
    const answer = await artifact(`/api/artifacts/${hash}?from=-24`)
    expect(answer.text).toBe('<svg onload="alert(1)"/>')
  })

  it.each([
    'a'.repeat(64),
    hash.toUpperCase(),
    hash.slice(1),
    '..%2F..%2Fsecret',
    encodeURIComponent(`../${hash}`),
    `${hash}%00`,
  ])('called %s is not there', async (name) => {
    const answer = await artifact(`/api/artifacts/${name}`)
    expect([answer.status, codeOf(answer)]).toEqual([404, 'not_found'])
  })
})

describe('the metrics', () => {
  it.each([TOKENS.metrics, TOKENS.owner])('are text for Prometheus', async (token) => {
    const { send } = await openGateway()
    const answer = await send('/metrics', { headers: bearer(token) })
    expect(answer.text).toBe('# HELP up\nup 1\n')
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  })
})

describe('createGateway', () => {
  it('listens on the loopback interface only', async () => {
    const { gateway } = await openGateway()
    expect(new URL(gateway.url).hostname).toBe('127.0.0.1')
  })

  it('says when its port is taken', async () => {
    const { port } = await openGateway()
    await expect(openGateway({ port })).rejects.toThrow(`port ${port} cannot be used (EADDRINUSE)`)
  })

  it('serves the API when the page was not built', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'thalogos-gateway-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const { send } = await openGateway({ pageDir: join(dir, 'none') })
    expect((await send('/')).status).toBe(404)
    expect((await send('/api/sessions', { headers: asOwner })).status).toBe(200)
  })
})
