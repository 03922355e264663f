import { type AddressInfo, createConnection, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { StoredEvent } from '../../../src-shared/contract/index.ts'
import { fakeFeed } from '../fixture/fakes.ts'
import { connect, openGateway, PROTOCOLS, type StreamClient } from '../fixture/open.ts'
import { event } from '../fixture/samples.ts'
import { pumpEvents } from './event-pump.ts'

const isCaughtUp = ({ frame }: Record<string, unknown>) => frame === 'caught_up'
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A way to the gateway that is cut, each time after another number of bytes. Returns its port. */
async function cutAfter(port: number, bytes: () => number): Promise<number> {
  const server = createServer((near) => {
    const far = createConnection({ host: '127.0.0.1', port })
    let left = bytes()
    const cut = () => {
      near.destroy()
      far.destroy()
    }
    for (const end of [near, far]) end.on('error', cut).on('close', cut)
    near.pipe(far)
    far.on('data', (chunk) => {
      near.write(chunk.subarray(0, Math.max(0, left)))
      left -= chunk.length
      if (left <= 0) near.end()
    })
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function untilClosed(client: StreamClient, work: () => void): Promise<void> {
  let isOpen = true
  void client.closed.then(() => {
    isOpen = false
  })
  while (isOpen) {
    work()
    await turn()
  }
}

describe('the stream of events', () => {
  it('says who speaks it', async () => {
    const { connect } = await openGateway()
    expect((await connect()).protocol).toBe('thalogos.v1')
  })

  it('sends what is stored after `since`, says so, then what happens, each once and whole', async () => {
    const { connect, feed } = await openGateway()
    for (const _ of range(1, 5)) feed.add()
    const client = await connect('?since=2')
    await client.frame(isCaughtUp)
    for (const _ of range(6, 8)) feed.add()
    await client.frame(({ seq }) => seq === 8)
    expect(client.frames).toEqual([
      ...range(3, 5).map((seq) => event(seq)),
      { frame: 'caught_up', seq: 5 },
      ...range(6, 8).map((seq) => event(seq)),
    ])
  })

  it('has caught up at once when there is nothing', async () => {
    const { connect } = await openGateway()
    const client = await connect()
    expect(await client.frame(isCaughtUp)).toEqual({ frame: 'caught_up', seq: 0 })
  })

  it('of a session has its events alone, stored and live', async () => {
    const { connect, feed } = await openGateway()
    for (const seq of range(1, 6)) feed.add(seq % 2 ? 'one' : 'two')
    const client = await connect('?session=two')
    await client.frame(isCaughtUp)
    for (const seq of range(7, 10)) feed.add(seq % 2 ? 'one' : 'two')
    await client.frame(({ seq }) => seq === 10)
    expect(client.seqs).toEqual([2, 4, 6, 8, 10])
  })

  it('loses nothing and repeats nothing when the connection is cut at any byte', async () => {
    const LAST = 3_000
    const { port, feed } = await openGateway()
    for (const _ of range(1, 500)) feed.add()
    const cutter = await cutAfter(port, () => 1_000 + Math.floor(Math.random() * 60_000))
    const seen: number[] = []
    let cuts = 0
    while ((seen.at(-1) ?? 0) < LAST) {
      const client = await connect(cutter, `?since=${seen.at(-1) ?? 0}`)
      void client.closed.then(() => {
        cuts += 1
      })
      await untilClosed(client, () => {
        if (feed.stored.length < LAST) for (const _ of range(1, 20)) feed.add()
        if (client.seqs.at(-1) === LAST) client.close()
      })
      seen.push(...client.seqs)
    }
    expect(seen).toEqual(range(1, LAST))
    expect(cuts).toBeGreaterThan(5)
    while (feed.listeners() > 0) await turn()
  })

  it('drops a client that never reads, and nobody else notices', async () => {
    const { connect, upgrade, feed } = await openGateway({}, { maxMissed: 200 })
    const { socket } = await upgrade('/api/stream', { 'sec-websocket-protocol': PROTOCOLS })
    const client = await connect()
    await client.frame(isCaughtUp)
    expect(feed.listeners()).toBe(2)
    // Each is larger than what the system itself holds for a socket in a few of them.
    const data = { key: 'x'.repeat(200_000) }
    let count = 0
    while (feed.listeners() > 1 && count < 1_000) {
      count += 1
      const large = { ...event(count), data } as StoredEvent
      feed.tell(large)
      await client.frame(({ seq }) => seq === count)
    }
    expect(feed.listeners()).toBe(1)
    expect(client.seqs).toEqual(range(1, count))
    socket?.destroy()
  })

  it('ends with a client that answers no ping', async () => {
    const { upgrade, connect, feed } = await openGateway({}, { heartbeatMs: 100 })
    const { socket } = await upgrade('/api/stream', { 'sec-websocket-protocol': PROTOCOLS })
    const client = await connect()
    await new Promise((resolve) => socket?.resume().once('close', resolve))
    await turn()
    feed.add()
    await client.frame(({ seq }) => seq === 1)
    expect(feed.listeners()).toBe(1)
  })

  it('says goodbye when the gateway closes, also to who does not listen', async () => {
    const { gateway, connect, upgrade, feed } = await openGateway()
    await upgrade('/api/stream', { 'sec-websocket-protocol': PROTOCOLS })
    const client = await connect()
    await gateway.close()
    expect(await client.closed).toEqual({ code: 1001 })
    expect(feed.listeners()).toBe(0)
  })
})

describe('pumpEvents', () => {
  /** A pump whose network takes what it is given when `drain` is called. */
  const pump = (feed: ReturnType<typeof fakeFeed>, since = 0) => {
    const sent: string[] = []
    const waiting: (() => void)[] = []
    const said: unknown[] = []
    const limits: (number | undefined)[] = []
    const stop = pumpEvents({
      events: {
        ...feed,
        since(seq, filter) {
          limits.push(filter?.limit)
          return feed.since(seq, filter)
        },
      },
      since,
      send(text, done) {
        sent.push(text)
        waiting.push(done)
      },
      onCaughtUp: (seq) => said.push(seq),
      onLost: () => said.push('lost'),
      maxMissed: 100,
    })
    const drain = () => {
      for (const done of waiting.splice(0)) done()
    }
    return { sent, said, limits, stop, drain, waiting }
  }
  const turns = async (n: number) => {
    for (let i = 0; i < n; i += 1) await turn()
  }

  it('reads ten thousand in turns and no further than the network takes them', async () => {
    const feed = fakeFeed()
    for (const _ of range(1, 10_000)) {
      feed.stored.push({
        ...event(feed.stored.length + 1),
        data: { key: 'x'.repeat(1_000) },
      } as StoredEvent)
    }
    const { sent, said, limits, stop, drain } = pump(feed)
    await turns(100)
    // A megabyte is on its way, and nothing more is read for it.
    expect(sent.length).toBeGreaterThan(800)
    expect(sent.length).toBeLessThan(1_500)
    while (said.length === 0) {
      drain()
      await turns(3)
    }
    expect(sent.length).toBe(10_000)
    expect(said).toEqual([10_000])
    expect(limits.every((limit) => limit !== undefined && limit <= 256)).toBe(true)
    stop()
  })

  it('goes back to what is stored for a client that is slow', async () => {
    const feed = fakeFeed()
    const { sent, said, stop, drain } = pump(feed)
    await turns(2)
    expect(said).toEqual([0])
    const large = (seq: number) =>
      ({ ...event(seq), data: { key: 'x'.repeat(600_000) } }) as StoredEvent
    for (const seq of range(1, 10)) feed.tell(large(seq))
    expect(sent).toHaveLength(2)
    while (sent.length < 10) {
      drain()
      await turns(3)
    }
    feed.tell(large(11))
    drain()
    await turns(3)
    feed.tell(large(12))
    drain()
    await turns(3)
    expect(sent.map((text) => (JSON.parse(text) as StoredEvent).seq)).toEqual(range(1, 12))
    expect(said).toEqual([0])
    stop()
  })

  it('gives up only on one for whom nothing leaves any more', async () => {
    const feed = fakeFeed()
    for (const _ of range(1, 3_000)) {
      feed.stored.push({
        ...event(feed.stored.length + 1),
        data: { key: 'x'.repeat(1_000) },
      } as StoredEvent)
    }
    const { said, stop, drain, waiting } = pump(feed)
    await turns(50)
    for (const _ of range(1, 90)) feed.add()
    waiting.shift()?.()
    for (const _ of range(1, 100)) feed.add()
    expect(said).toEqual([])
    feed.add()
    expect(said).toEqual(['lost'])
    stop()
    drain()
    await turns(3)
    expect(feed.listeners()).toBe(0)
  })

  it('tells a client with a number of another data folder what happens now', async () => {
    const feed = fakeFeed()
    for (const _ of range(1, 3)) feed.add()
    const { sent, said, stop } = pump(feed, 1_000)
    await turns(3)
    feed.add()
    expect(said).toEqual([1_000])
    expect(sent.map((text) => (JSON.parse(text) as StoredEvent).seq)).toEqual([4])
    stop()
  })
})
