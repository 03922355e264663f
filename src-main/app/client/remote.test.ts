import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createRelay, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  type OperationName,
  operationList,
  type StoredEvent,
} from '../../../src-shared/contract/index.ts'
import { fail, ok, silentLog } from '../../base/index.ts'
import { createGateway, type GatewayDeps } from '../../gateway/index.ts'
import type { Outcome } from '../outcome.ts'
import { createRemote } from './remote.ts'

const TOKEN = 'owner-token'
const ENDED = { decision: 'deny' } as const

const eventOf = (seq: number) =>
  ({
    seq,
    at: '2026-01-02T03:04:05.000Z',
    type: 'settings.changed',
    actor: 'user',
    data: { key: `ui.${seq}` },
  }) as StoredEvent

/** A real gateway whose operations answer as the test says. */
async function openGateway(answer: (name: OperationName, input: unknown) => Outcome<unknown>) {
  const stored: StoredEvent[] = []
  const listeners = new Set<(event: StoredEvent) => void>()
  const gateway = await createGateway({
    operations: Object.fromEntries(
      operationList.map(({ name }) => [
        name,
        (input: unknown) => Promise.resolve(answer(name, input)),
      ]),
    ) as unknown as GatewayDeps['operations'],
    events: {
      since: (seq, { limit } = {}) => stored.filter((one) => one.seq > seq).slice(0, limit),
      subscribe(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    terminals: {
      open: () => Promise.resolve(fail('not_found', 'no run')),
      input: () => fail('run_not_live', 'no run'),
      resize: () => fail('run_not_live', 'no run'),
    },
    artifacts: { open: () => Promise.resolve(undefined) },
    runs: { resolveToken: () => undefined, ask: () => Promise.resolve(ENDED) },
    metrics: () => Promise.resolve(''),
    tokens: { owner: TOKEN, metrics: 'metrics-token' },
    version: '1',
    pageDir: import.meta.dirname,
    log: silentLog,
  })
  if (!gateway.ok) throw new Error(gateway.error.message)
  const { url, close } = gateway.value
  onTestFinished(close)
  return {
    url,
    close,
    happen() {
      const event = eventOf(stored.length + 1)
      stored.push(event)
      for (const listener of [...listeners]) listener(event)
    },
  }
}

/** A connection to `url` that can be cut; new ones go through again. */
async function openRelay(url: string) {
  const open = new Set<Socket>()
  const { port } = new URL(url)
  const relay = createRelay((near) => {
    const far = connect(Number(port), '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => open.delete(socket))
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  const close = () =>
    new Promise<void>((resolve) => {
      relay.close(() => resolve())
      cut()
    })
  onTestFinished(close)
  return { url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`, cut, close }
}

function reach(url: string, retryMs?: readonly number[]) {
  const remote = createRemote({ url, token: TOKEN, pid: 1 }, retryMs ? { retryMs } : {})
  onTestFinished(() => remote.close())
  return remote
}

/** Follows from an event on; `until` resolves with what was heard when it is so many. */
function follow(remote: ReturnType<typeof createRemote>, since: number) {
  const heard: number[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const stop = remote.events.follow(since, ({ seq }) => {
    heard.push(seq)
    for (const { count, resolve } of waiting) if (heard.length >= count) resolve()
  })
  const until = (count: number) =>
    new Promise<number[]>((done) => {
      const resolve = () => done(heard)
      waiting.push({ count, resolve })
      if (heard.length >= count) resolve()
    })
  return { heard, until, stop }
}

describe('an operation elsewhere', () => {
  it('arrives as it was called, and its answer as it was given', async () => {
    const asked: unknown[] = []
    const message = { id: 1, sessionId: 's/1', author: 'user', text: 'hi ü', at: eventOf(1).at }
    const { url } = await openGateway((name, input) => {
      asked.push([name, input])
      return ok(message)
    })
    const { operations } = reach(url)
    const posted = await operations.postMessage({ session: 's/1', text: 'hi ü' })
    expect(posted).toEqual(ok(message))
    expect(asked).toEqual([['postMessage', { session: 's/1', text: 'hi ü' }]])
  })

  it('is refused with the code, the words and the details of its refusal', async () => {
    const { url } = await openGateway(() =>
      fail('files_in_the_way', 'two files', { details: { files: ['a', 'b'] }, cause: 'secret' }),
    )
    const saved = await reach(url).operations.saveCheckpoint({ session: 's' })
    expect(saved).toEqual(fail('files_in_the_way', 'two files', { details: { files: ['a', 'b'] } }))
  })

  it('is refused with another token', async () => {
    const { url } = await openGateway(() => ok([]))
    const remote = createRemote({ url, token: 'another', pid: 1 })
    expect(await remote.operations.listProjects({})).toMatchObject({
      error: { code: 'token_refused' },
    })
  })

  it('fails as unreachable where nobody listens, and where the answer never came', async () => {
    const { url, close } = await openGateway(() => ok([]))
    await close()
    const gone = await reach(url).operations.listProjects({})
    expect(gone).toMatchObject({ error: { code: 'gateway_unreachable' } })
    const server = createServer(({ socket }) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const cut = await reach(`http://127.0.0.1:${port}`).operations.listProjects({})
    expect(cut).toMatchObject({ error: { code: 'gateway_unreachable' } })
  })

  it.each([
    ['no JSON', 200, '<!doctype html>'],
    ['another form', 200, '{"projects":[]}'],
    ['a refusal without a reason', 500, '{}'],
  ])('fails as another version where the answer is %s', async (_, status, body) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    expect(await reach(`http://127.0.0.1:${port}`).operations.listProjects({})).toMatchObject({
      error: { code: 'gateway_version' },
    })
  })
})

describe('the events elsewhere', () => {
  it('are told from the number on, in order, as they happen, and no more once it is left', async () => {
    const gateway = await openGateway(() => ok([]))
    for (let n = 0; n < 3; n += 1) gateway.happen()
    const remote = reach(gateway.url)
    const { until, stop, heard } = follow(remote, 1)
    expect(await until(2)).toEqual([2, 3])
    gateway.happen()
    expect(await until(3)).toEqual([2, 3, 4])
    stop()
    gateway.happen()
    const later = follow(remote, 4)
    expect(await later.until(1)).toEqual([5])
    expect(heard).toEqual([2, 3, 4])
  })

  it('are taken up where they were cut off: none is missed, none comes twice', async () => {
    const gateway = await openGateway(() => ok([]))
    const relay = await openRelay(gateway.url)
    const { until } = follow(reach(relay.url, [10, 10, 10]), 0)
    gateway.happen()
    await until(1)
    relay.cut()
    gateway.happen()
    await until(2)
    relay.cut()
    gateway.happen()
    gateway.happen()
    expect(await until(4)).toEqual([1, 2, 3, 4])
  })

  it('are lost when nobody answers any more', async () => {
    const gateway = await openGateway(() => ok([]))
    const relay = await openRelay(gateway.url)
    const remote = reach(relay.url, [10, 10])
    const { until } = follow(remote, 0)
    gateway.happen()
    await until(1)
    await relay.close()
    expect(await remote.lost).toMatchObject({ code: 'gateway_unreachable' })
  })

  it('are lost at once when the gateway closes: the next one has another token', async () => {
    const gateway = await openGateway(() => ok([]))
    // A second try would be made in an hour.
    const remote = reach(gateway.url, [3_600_000])
    const { until } = follow(remote, 0)
    gateway.happen()
    await until(1)
    await gateway.close()
    expect(await remote.lost).toMatchObject({ code: 'gateway_unreachable' })
  })
})
