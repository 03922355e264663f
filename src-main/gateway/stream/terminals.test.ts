import { describe, expect, it } from 'vitest'
import { FLOW } from '../../../src-shared/contract/index.ts'
import { FakeOutput } from '../fixture/fakes.ts'
import { openGateway, type StreamClient } from '../fixture/open.ts'

const attach = (run: string, from = 0) => ({ type: 'attach', run, view: 'raw', from })
const is =
  (frame: string, run?: string) =>
  (one: Record<string, unknown>): boolean =>
    one['frame'] === frame && (run === undefined || one['run'] === run)
const turn = () => new Promise((resolve) => setImmediate(resolve))
const hasText = (client: StreamClient, n: number, text: Buffer) =>
  client.until(() => client.text(n).length >= text.length && client.text(n).equals(text))

async function withRuns(...runs: string[]) {
  const opened = await openGateway()
  const outputs = runs.map((run, i) => {
    const output = new FakeOutput(i + 1)
    opened.outputs.set(run, output)
    return output
  })
  return { ...opened, output: (i = 0) => outputs[i] ?? new FakeOutput(0) }
}

// Characters of two to four bytes, escapes, an unfinished one at the end of each line.
const LINE = Buffer.from('\u001b[38;5;208mgrüße 日本語 🦜 é\u001b[0m\u001b]0;title\u0007\r\n')
/** The same bytes in pieces of any size, cut anywhere. */
function pieces(text: Buffer, max: number): Buffer[] {
  const cut: Buffer[] = []
  for (let at = 0; at < text.length; ) {
    const size = 1 + Math.floor(Math.random() * max)
    cut.push(text.subarray(at, at + size))
    at += size
  }
  return cut
}

describe('a terminal', () => {
  it('shows what was printed, then what is printed, then that it ended', async () => {
    const { connect, output } = await withRuns('r1')
    output().print(Buffer.from('before '))
    const client = await connect()
    client.say(attach('r1'))
    expect(await client.frame(is('attached'))).toEqual({
      frame: 'attached',
      run: 'r1',
      n: 1,
      view: 'raw',
      from: 0,
      size: 7,
    })
    await hasText(client, 1, Buffer.from('before '))
    output().print(Buffer.from('and '))
    output().print(Buffer.from('after'))
    output().end()
    expect(await client.frame(is('ended'))).toEqual({ frame: 'ended', run: 'r1', size: 16 })
    expect(client.text(1).toString()).toBe('before and after')
    expect(output().viewers).toBe(0)
  })

  it('sends what is printed in one turn as one frame', async () => {
    const { connect, output } = await withRuns('r1')
    const client = await connect()
    client.say(attach('r1'))
    await client.frame(is('attached'))
    await turn()
    for (const letter of 'abcdefgh') output().print(Buffer.from(letter))
    await hasText(client, 1, Buffer.from('abcdefgh'))
    expect(client.bytes.get(1)).toHaveLength(1)
  })

  it.each([
    [0, 0, '0123456789'],
    [4, 4, '456789'],
    [-3, 7, '789'],
    [-10, 0, '0123456789'],
    [-99, 0, '0123456789'],
    [10, 10, ''],
    [99, 10, ''],
  ])('from %i begins at byte %i', async (from, begin, text) => {
    const { connect, output } = await withRuns('r1')
    output().print(Buffer.from('0123456789'))
    output().end()
    const client = await connect()
    client.say(attach('r1', from))
    await client.frame(is('ended'))
    expect(await client.frame(is('attached'))).toMatchObject({ from: begin, size: 10 })
    expect(client.text(1).toString()).toBe(text)
  })

  it('that nobody knows is refused', async () => {
    const { connect } = await withRuns()
    const client = await connect()
    client.say(attach('r9'))
    expect(await client.frame(is('refused'))).toMatchObject({ run: 'r9', code: 'not_found' })
  })

  it('that cannot be read is refused and let go, and the client stays', async () => {
    const { connect, output } = await withRuns('r1', 'r2')
    output().print(Buffer.from('x'))
    output().broken = true
    const client = await connect()
    client.say(attach('r1'))
    expect(await client.frame(is('refused', 'r1'))).toMatchObject({ code: 'internal' })
    expect(output().viewers).toBe(0)
    client.say(attach('r2'))
    await client.frame(is('attached', 'r2'))
  })

  it('is let go by detach, by another attach and by the end of the client', async () => {
    const { connect, output } = await withRuns('r1', 'r2')
    const client = await connect()
    client.say(attach('r1'))
    client.say({ type: 'detach', run: 'r1' })
    client.say(attach('r2'))
    await client.frame(is('attached', 'r2'))
    expect(client.frames.some(is('attached', 'r1'))).toBe(false)
    expect(output(0).viewers).toBe(0)
    client.say(attach('r2', -1))
    client.say(attach('r2', -1))
    await client.until(() => client.frames.filter(is('attached', 'r2')).length >= 2)
    expect(output(1).viewers).toBe(1)
    client.close()
    await client.closed
    while (output(1).viewers > 0) await turn()
  })
})

describe('flow control', () => {
  const MUCH = Buffer.alloc(1_000_000, 'x')
  const received = (client: StreamClient) => client.text(1).length
  /** Until nothing has come for some turns. */
  const rest = async (client: StreamClient) => {
    let size = -1
    while (size !== received(client)) {
      size = received(client)
      for (let i = 0; i < 20; i += 1) await turn()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return size
  }

  it.each(['stored', 'live'] as const)(
    'holds what is %s back until so much is acknowledged',
    async (when) => {
      const { connect, output } = await withRuns('r1')
      const client = await connect()
      client.onBytes = () => undefined
      if (when === 'stored') output().print(MUCH)
      client.say(attach('r1'))
      await client.frame(is('attached'))
      if (when === 'live') for (const piece of pieces(MUCH, 40_000)) output().print(piece)
      const FULL = FLOW.pause - 1
      expect(await rest(client)).toBe(FULL)
      client.ack('r1', 1)
      expect(await rest(client)).toBe(FULL)
      // At the latest with so few left it goes on.
      client.ack('r1', FULL - FLOW.resume)
      const more = await rest(client)
      expect(more).toBeGreaterThan(FULL)
      expect(more - (FULL - FLOW.resume + 1)).toBeLessThan(FLOW.pause)
      // More than was sent is no credit for later.
      client.ack('r1', 10 * FLOW.pause)
      expect((await rest(client)) - more).toBe(FULL)
    },
  )

  it('lets a slow viewer slow nobody', async () => {
    const { connect, output } = await withRuns('r1')
    const slow = await connect()
    slow.onBytes = () => undefined
    const quick = await connect()
    for (const client of [slow, quick]) {
      client.say(attach('r1'))
      await client.frame(is('attached'))
    }
    for (const piece of pieces(MUCH, 9_000)) output().print(piece)
    output().end()
    await quick.frame(is('ended'))
    expect(quick.text(1).equals(MUCH)).toBe(true)
    expect(await rest(slow)).toBe(FLOW.pause - 1)
    // It still gets all of it, when it goes on.
    slow.onBytes = (_, chunk) => slow.ack('r1', chunk.length)
    slow.ack('r1', FLOW.pause)
    await slow.frame(is('ended'))
    expect(slow.text(1).equals(MUCH)).toBe(true)
  })

  it('loses no byte of sixteen terminals at once, cut anywhere', async () => {
    const runs = Array.from({ length: 16 }, (_, i) => `r${i}`)
    const { connect, output } = await withRuns(...runs)
    const texts = runs.map((run) =>
      Buffer.concat(Array(2_000).fill(Buffer.concat([Buffer.from(run), LINE]))),
    )
    const client = await connect()
    const waiting = texts.map((text, i) => ({ i, left: pieces(text, 5_000) }))
    const printSome = (most: number) => {
      for (const { i, left } of waiting) {
        for (const piece of left.splice(0, Math.floor(Math.random() * most))) output(i).print(piece)
      }
    }
    printSome(10)
    for (const run of runs) client.say(attach(run))
    while (waiting.some(({ left }) => left.length > 0)) {
      printSome(4)
      await turn()
    }
    for (const i of runs.keys()) output(i).end()
    for (const run of runs) await client.frame(is('ended', run))
    for (const [i, text] of texts.entries()) {
      expect([runs[i], client.text(i + 1).equals(text)]).toEqual([runs[i], true])
    }
  })
})

describe('what a client does to a terminal', () => {
  it('reaches a live run, as it is', async () => {
    const { connect, typed } = await withRuns('r1')
    const client = await connect()
    client.say({ type: 'input', run: 'r1', data: 'ls\r\u0003\u001b[A日本' })
    client.say({ type: 'resize', run: 'r1', cols: 100, rows: 30 })
    client.say(attach('r1'))
    await client.frame(is('attached'))
    expect(typed).toEqual([
      { run: 'r1', data: 'ls\r\u0003\u001b[A日本' },
      { run: 'r1', cols: 100, rows: 30 },
    ])
  })

  it('is refused of one that has ended or never was', async () => {
    const { connect, typed, output } = await withRuns('r1')
    output().end()
    const client = await connect()
    client.say({ type: 'input', run: 'r1', data: 'x' })
    client.say({ type: 'resize', run: 'r9', cols: 100, rows: 30 })
    expect(await client.frame(is('refused', 'r1'))).toMatchObject({ code: 'run_not_live' })
    expect(await client.frame(is('refused', 'r9'))).toMatchObject({ code: 'run_not_live' })
    expect(typed).toEqual([])
  })

  it.each([
    '',
    'x',
    '{',
    '[]',
    'null',
    '{}',
    '{"type":"odd"}',
    '{"type":"attach"}',
    '{"type":"attach","run":"r1","view":"odd"}',
    '{"type":"attach","run":"r1","view":"raw","from":0.5}',
    '{"type":"attach","run":"r1","view":"raw","odd":1}',
    '{"type":"detach","run":""}',
    `{"type":"detach","run":"${'x'.repeat(65)}"}`,
    '{"type":"ack","run":"r1","bytes":-1}',
    '{"type":"ack","run":"r1","bytes":1e99}',
    '{"type":"input","run":"r1","data":7}',
    `{"type":"input","run":"r1","data":"${'x'.repeat(524_289)}"}`,
    '{"type":"resize","run":"r1","cols":1,"rows":1}',
    '{"type":"resize","run":"r1","cols":80,"rows":24,"__proto__":{"x":1}}',
    '['.repeat(100_000),
  ])('is refused as %.60s', async (text) => {
    const { connect, typed } = await withRuns('r1')
    const client = await connect()
    client.raw(text)
    expect(await client.frame(is('refused'))).toMatchObject({ code: 'request_invalid' })
    // Nothing else happened, and the next word is heard.
    client.say({ type: 'input', run: 'r1', data: 'x' })
    client.say(attach('r1'))
    await client.frame(is('attached'))
    expect(typed).toEqual([{ run: 'r1', data: 'x' }])
  })

  it('is refused as bytes', async () => {
    const { connect } = await withRuns()
    const client = await connect()
    client.raw(new Uint8Array([1, 2, 3]))
    expect(await client.frame(is('refused'))).toMatchObject({ code: 'request_invalid' })
  })

  it('too often wrong ends the client, not the gateway', async () => {
    const { connect } = await withRuns('r1')
    const client = await connect()
    for (let i = 0; i < 100; i += 1) client.raw('odd')
    expect(await client.closed).toEqual({ code: 1008 })
    expect(client.frames.filter(is('refused')).length).toBeLessThan(30)
    const other = await connect()
    other.say(attach('r1'))
    await other.frame(is('attached'))
  })

  it('too large ends the client, not the gateway', async () => {
    const { connect } = await withRuns('r1')
    const client = await connect()
    client.raw('x'.repeat(5_000_000))
    expect(await client.closed).toEqual({ code: 1009 })
    const other = await connect()
    other.say(attach('r1'))
    await other.frame(is('attached'))
  })
})
