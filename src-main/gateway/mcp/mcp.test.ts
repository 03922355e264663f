import { describe, expect, it } from 'vitest'
import { TOKENS } from '../fixture/fakes.ts'
import { bearer, openGateway } from '../fixture/open.ts'

const HEADERS = {
  ...bearer(TOKENS.run),
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
}
type Opened = Awaited<ReturnType<typeof openGateway>>

/** The messages of a stream of server-sent events. */
const messagesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as { id: number; result: Record<string, unknown> })

async function rpc({ post }: Opened, method: string, params: object = {}) {
  const answer = await post('/mcp', { jsonrpc: '2.0', id: 1, method, params }, HEADERS)
  return { answer, result: messagesOf(answer.text)[0]?.result }
}

const approve = (opened: Opened, tool_name: string, input: object) =>
  rpc(opened, 'tools/call', {
    name: 'approve',
    arguments: { tool_name, input, tool_use_id: 'toolu_1' },
  })

const textOf = ({ result }: Awaited<ReturnType<typeof rpc>>) =>
  JSON.parse((result?.['content'] as { text: string }[] | undefined)?.[0]?.text ?? '') as unknown

describe('the tools of an agent', () => {
  it('are offered by thalogos', async () => {
    const opened = await openGateway()
    const { result } = await rpc(opened, 'initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'claude-code', version: '2.1.197' },
    })
    expect(result).toMatchObject({ serverInfo: { name: 'thalogos', version: '1.2.3' } })
    const list = await rpc(opened, 'tools/list')
    expect(list.result?.['tools']).toMatchObject([
      { name: 'approve', inputSchema: { required: ['tool_name', 'input'] } },
    ])
  })

  it('keep no state and open no stream of their own', async () => {
    const { send } = await openGateway()
    for (const method of ['GET', 'DELETE']) {
      const { 'content-type': _, ...headers } = HEADERS
      expect((await send('/mcp', { method, headers })).status).toBe(405)
    }
  })

  it('are not called by what is no call', async () => {
    const opened = await openGateway()
    const { post, questions } = opened
    expect((await post('/mcp', [], HEADERS)).status).toBeGreaterThanOrEqual(400)
    expect((await post('/mcp', { odd: 1 }, HEADERS)).status).toBeGreaterThanOrEqual(400)
    const wrong = await rpc(opened, 'tools/call', { name: 'approve', arguments: { input: 7 } })
    expect(wrong.result?.['isError']).toBe(true)
    const odd = { name: 'odd', arguments: {} }
    expect(messagesOf((await rpc(opened, 'tools/call', odd)).answer.text)[0]?.result).not.toEqual(
      expect.objectContaining({ isError: false }),
    )
    expect(questions).toEqual([])
  })
})

describe('approve', () => {
  it('asks a person and hands the input back as it came', async () => {
    const opened = await openGateway()
    const input = { command: 'ls', description: 'Lists', nested: { a: [1, null] } }
    expect(textOf(await approve(opened, 'Bash', input))).toEqual({
      behavior: 'allow',
      updatedInput: input,
    })
    expect(opened.questions).toMatchObject([
      { runId: 'r1', question: { tool: 'shell', subject: 'ls', why: 'Lists', input } },
    ])
  })

  it.each([
    ['Not that.', 'Not that.'],
    [undefined, 'The user denied it.'],
  ])('hands a refusal back with its words: %s', async (note, message) => {
    const opened = await openGateway()
    opened.answering.ask = () =>
      Promise.resolve({ decision: 'deny', ...(note === undefined ? {} : { note }) })
    expect(textOf(await approve(opened, 'Bash', { command: 'ls' }))).toEqual({
      behavior: 'deny',
      message,
    })
  })

  it('denies when it cannot be asked, and tells the agent nothing of ours', async () => {
    const opened = await openGateway()
    opened.answering.ask = () => Promise.reject(new Error('a path of the machine'))
    const { answer, result } = await approve(opened, 'Bash', { command: 'ls' })
    expect(textOf({ answer, result })).toMatchObject({ behavior: 'deny' })
    expect(answer.text).not.toContain('a path')
  })

  it('begins to answer at once and waits as long as it takes', async () => {
    const opened = await openGateway()
    const decided = Promise.withResolvers<{ decision: 'allow' }>()
    opened.answering.ask = () => decided.promise
    const answer = await fetch(`${opened.gateway.url}/mcp`, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'approve', arguments: { tool_name: 'Bash', input: { command: 'ls' } } },
      }),
    })
    // The head is here, so no limit on the time to a response ends the wait; nor will one on silence.
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    decided.resolve({ decision: 'allow' })
    const text = await answer.text()
    expect(text).toMatch(/^: open\n/)
    expect(messagesOf(text)[0]?.result).toMatchObject({ content: [{ type: 'text' }] })
  })

  it('shows progress to who wants it, so that nobody takes the wait for a failure', async () => {
    const opened = await openGateway({}, { progressMs: 5 })
    opened.answering.ask = () =>
      new Promise((resolve) => setTimeout(() => resolve({ decision: 'deny' }), 200))
    const call = { name: 'approve', arguments: { tool_name: 'Bash', input: { command: 'ls' } } }
    const { answer } = await rpc(opened, 'tools/call', { ...call, _meta: { progressToken: 7 } })
    expect(answer.text).toContain('"method":"notifications/progress"')
    expect(answer.text).toContain('"progressToken":7,"progress":2')
    expect(messagesOf(answer.text).at(-1)?.result).toMatchObject({ content: [{ type: 'text' }] })
    expect((await rpc(opened, 'tools/call', call)).answer.text).not.toContain('progress')
  })

  it('withdraws the question when the agent waits no longer', async () => {
    const opened = await openGateway()
    opened.answering.ask = () => new Promise(() => undefined)
    const stop = new AbortController()
    const answer = await fetch(`${opened.gateway.url}/mcp`, {
      method: 'POST',
      headers: HEADERS,
      signal: stop.signal,
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'approve', arguments: { tool_name: 'Bash', input: { command: 'ls' } } },
      }),
    })
    expect(answer.status).toBe(200)
    const [asked] = opened.questions
    expect(asked?.signal.aborted).toBe(false)
    stop.abort()
    while (!asked?.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 10))
  })
})
