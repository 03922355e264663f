import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultAgentSettings, outputItemSchema } from '../../../src-shared/contract/index.ts'
import type { AgentEvent, LaunchInput, OutputParser, PermissionAnswer } from '../adapter.ts'
import { createCodexParser } from './codex-parser.ts'

const input: LaunchInput = {
  settings: defaultAgentSettings,
  worktree: '/work',
  dir: '/runs/1',
  prompt: 'do it',
}
const allowing = { ...defaultAgentSettings, permissions: 'allow' as const }

type Sent = Record<string, unknown> & { method?: string; params?: Record<string, unknown> }

/** A conversation with the parser, in the place of the CLI. */
interface Cli {
  parser: OutputParser
  /** All that came out, in order. */
  events: AgentEvent[]
  sent(): Sent[]
  say(message: object): AgentEvent[]
  /** Answers the last request that was sent. */
  reply(body: object): AgentEvent[]
  /** A notification about the agent's own thread. */
  tell(method: string, params?: object): AgentEvent[]
}

function open(more: Partial<LaunchInput> = {}): Cli {
  const parser = createCodexParser({ ...input, ...more })
  const events: AgentEvent[] = []
  const keep = (given: AgentEvent[] = []) => {
    events.push(...given)
    return given
  }
  const sent = () =>
    events.flatMap((event) => (event.type === 'send' ? [JSON.parse(event.text) as Sent] : []))
  const say = (message: object) => keep(parser.push(Buffer.from(`${JSON.stringify(message)}\n`)))
  keep(parser.begin?.())
  return {
    ...{ parser, events, sent, say },
    reply: (body) =>
      say({ id: sent().findLast(({ method, id }) => method && id)?.['id'], ...body }),
    tell: (method, params) => say({ method, params: { threadId: 't1', turnId: 'u1', ...params } }),
  }
}

/** As far as the first turn. */
function prompted(more: Partial<LaunchInput> = {}): Cli {
  const cli = open(more)
  cli.reply({ result: {} })
  cli.reply({ result: { thread: { id: 't1' } } })
  cli.reply({ result: { turn: { id: 'u1' } } })
  cli.tell('turn/started', { turn: { id: 'u1' } })
  return cli
}

const itemsOf = (events: readonly AgentEvent[]) =>
  events.flatMap((event) => (event.type === 'item' ? [event.item] : []))
const closingOf = (events: readonly AgentEvent[]) =>
  events.flatMap((event) => (event.type === 'closed' ? [event.closing] : []))
const message = (text: string) => ({ item: { type: 'agentMessage', id: 'm', text } })
const done = { turn: { id: 'u1', status: 'completed' } }

describe('the opening of a thread', () => {
  it('greets, opens it, and sends the prompt with the schema of its answer', () => {
    const cli = prompted({ schema: { type: 'object' }, model: 'm' })
    expect(cli.sent().map(({ method }) => method)).toEqual([
      'initialize',
      'initialized',
      'thread/start',
      'turn/start',
    ])
    expect(cli.sent()[2]?.params).toEqual({
      approvalPolicy: 'on-request',
      sandbox: 'workspace-write',
      model: 'm',
    })
    expect(cli.sent()[3]?.params).toEqual({
      threadId: 't1',
      cwd: '/work',
      input: [{ type: 'text', text: 'do it' }],
      outputSchema: { type: 'object' },
    })
    expect(cli.events).toContainEqual({ type: 'session', id: 't1' })
  })

  it('names no folder: it would be trusted for good, and what it configures be started', () => {
    for (const resume of [undefined, 't1']) {
      const cli = prompted(resume === undefined ? {} : { resume })
      const opening = cli.sent().find(({ method }) => method?.startsWith('thread/'))
      expect(opening?.params).not.toHaveProperty('cwd')
      expect(JSON.stringify(opening)).not.toContain('/work')
    }
  })

  it('takes the sandbox away where everything is allowed, and keeps the questions, to say yes', () => {
    expect(prompted({ settings: allowing }).sent()[2]?.params).toEqual({
      approvalPolicy: 'on-request',
      sandbox: 'danger-full-access',
    })
  })

  it('goes on with a thread, which can be gone on with again from then on', () => {
    const cli = open({ resume: 't1' })
    cli.reply({ result: {} })
    expect(cli.sent().at(-1)).toMatchObject({ method: 'thread/resume', params: { threadId: 't1' } })
    cli.reply({ result: { thread: { id: 't1' } } })
    expect(cli.events).toContainEqual({ type: 'session', id: 't1' })
    expect(cli.sent().at(-1)?.method).toBe('turn/start')
  })

  it('begins anew when the thread is lost or open elsewhere, and says so', () => {
    const cli = open({ resume: 'gone' })
    cli.reply({ result: {} })
    cli.reply({ error: { code: -32600, message: 'no rollout found for thread id gone' } })
    expect(itemsOf(cli.events)).toEqual([
      { kind: 'warning', text: expect.stringContaining('no rollout found') },
    ])
    expect(cli.sent().at(-1)?.method).toBe('thread/start')
    cli.reply({ result: { thread: { id: 't2' } } })
    expect(cli.events.some(({ type }) => type === 'session')).toBe(false)
    cli.tell('turn/started', { threadId: 't2' })
    expect(cli.events).toContainEqual({ type: 'session', id: 't2' })
  })

  it.each([0, 1, 2])('fails when step %i is refused', (steps) => {
    const cli = open()
    const results = [{ result: {} }, { result: { thread: { id: 't1' } } }]
    for (const result of results.slice(0, steps)) cli.reply(result)
    cli.reply({ error: { code: 1, message: 'not logged in' } })
    expect(closingOf(cli.events)).toEqual([
      { ok: false, code: 'not_signed_in', message: 'not logged in' },
    ])
  })
})

describe('the end of a turn', () => {
  it('is its status, with the last words', () => {
    const cli = prompted()
    cli.tell('item/completed', message('I will look.'))
    cli.tell('item/completed', message('Done.'))
    expect(cli.tell('turn/completed', done)).toEqual([
      { type: 'closed', closing: { ok: true, answer: 'Done.' } },
    ])
    expect(cli.tell('turn/completed', done)).toEqual([])
  })

  it('is not that of another agent that it had set to work', () => {
    const cli = prompted()
    const helper = { threadId: 't2', turnId: 'u2' }
    cli.tell('turn/started', { ...helper, turn: { id: 'u2' } })
    cli.tell('item/completed', message('Mine.'))
    cli.tell('item/completed', { ...helper, ...message('The helper’s.') })
    expect(cli.tell('turn/completed', { ...helper, ...done })).toEqual([])
    cli.tell('turn/completed', done)
    expect(closingOf(cli.events)).toEqual([{ ok: true, answer: 'Mine.' }])
    expect(cli.events.filter(({ type }) => type === 'session')).toHaveLength(1)
    expect(itemsOf(cli.events)).toContainEqual({ kind: 'message', text: 'The helper’s.' })
  })

  it.each([
    [{ message: 'x', codexErrorInfo: 'unauthorized' }, 'not_signed_in'],
    [
      { message: 'x', codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 401 } } },
      'not_signed_in',
    ],
    [{ message: 'x', codexErrorInfo: 'usageLimitExceeded' }, 'rate_limited'],
    [{ message: 'x', codexErrorInfo: { other: { httpStatusCode: 429 } } }, 'rate_limited'],
    [{ message: 'last status: 429 Too Many Requests', codexErrorInfo: 'other' }, 'rate_limited'],
    [{ message: 'x', codexErrorInfo: 'serverOverloaded' }, 'run_failed'],
    [{ message: 'x', codexErrorInfo: 'constructor' }, 'run_failed'],
    [null, 'run_failed'],
  ])('is a failure with the meaning of %j', (error, code) => {
    const cli = prompted()
    cli.tell('turn/completed', { turn: { status: 'failed', error } })
    expect(closingOf(cli.events)).toEqual([
      { ok: false, code, message: expect.stringMatching(/\w/) },
    ])
  })

  it.each(['interrupted', 'inProgress', 'something new', undefined])(
    'is no success at %j',
    (status) => {
      const cli = prompted()
      cli.tell('turn/completed', { turn: { status } })
      expect(closingOf(cli.events)).toMatchObject([{ ok: false, code: 'run_failed' }])
    },
  )
})

describe('an error in between', () => {
  const error = (httpStatusCode: number, additionalDetails: string) => ({
    willRetry: true,
    error: {
      message: 'Reconnecting... 1/5',
      codexErrorInfo: { responseStreamDisconnected: { httpStatusCode } },
      additionalDetails,
    },
  })

  it('is told while it is tried again', () => {
    const cli = prompted()
    cli.tell('error', error(500, 'status 500'))
    expect(itemsOf(cli.events)).toEqual([
      { kind: 'warning', text: 'Reconnecting... 1/5: status 500' },
    ])
    cli.tell('error', { ...error(500, 'status 500'), willRetry: false })
    expect(itemsOf(cli.events)).toHaveLength(1)
    expect(closingOf(cli.events)).toEqual([])
  })

  it('is the end where the key is refused', () => {
    const cli = prompted()
    cli.tell('error', error(401, 'Incorrect API key'))
    cli.tell('error', error(401, 'Incorrect API key'))
    cli.tell('turn/completed', done)
    expect(closingOf(cli.events)).toEqual([
      { ok: false, code: 'not_signed_in', message: 'Incorrect API key' },
    ])
  })
})

describe('what was used', () => {
  const counts = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens })
  const usage = (total: object, last: object, more = {}) => ({
    tokenUsage: { total, last },
    ...more,
  })

  it('is that of this run, and of the agents that it set to work', () => {
    const cli = prompted({ resume: 't1' })
    cli.tell('thread/tokenUsage/updated', usage(counts(500, 50), counts(1, 1), { turnId: 'u0' }))
    expect(cli.events.some(({ type }) => type === 'usage')).toBe(false)
    cli.tell('thread/tokenUsage/updated', usage(counts(620, 92), counts(120, 42)))
    cli.tell('thread/tokenUsage/updated', usage(counts(740, 134), counts(120, 42)))
    const helper = { threadId: 't2', turnId: 'u2' }
    cli.tell('turn/started', { ...helper, turn: { id: 'u2' } })
    cli.tell('thread/tokenUsage/updated', usage(counts(10, 1), counts(10, 1), helper))
    expect(cli.events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []))).toEqual([
      { inputTokens: 120, outputTokens: 42, costUsd: 0 },
      { inputTokens: 240, outputTokens: 84, costUsd: 0 },
      { inputTokens: 250, outputTokens: 85, costUsd: 0 },
    ])
  })
})

describe('a question of Codex', () => {
  const ask = (cli: Cli, id: number | string, more = {}) =>
    cli.say({
      id,
      method: 'item/commandExecution/requestApproval',
      params: { threadId: 't1', turnId: 'u1', command: 'make', ...more },
    })
  const answered = (cli: Cli, question: string, answer: PermissionAnswer) =>
    (cli.parser.answer?.(question, answer) ?? []).map((event) =>
      event.type === 'send' ? (JSON.parse(event.text) as Sent) : event,
    )

  it('waits for its answer, which is sent once, also to the id 0', () => {
    const cli = prompted()
    expect(ask(cli, 0)).toEqual([
      { type: 'asked', question: { id: '0', tool: 'shell', subject: 'make' } },
    ])
    expect(answered(cli, '1', { decision: 'allow' })).toEqual([])
    expect(answered(cli, '0', { decision: 'allow' })).toMatchObject([
      { id: 0, result: { decision: 'accept' } },
    ])
    expect(answered(cli, '0', { decision: 'deny' })).toEqual([])
    ask(cli, '0')
    expect(answered(cli, '"0"', { decision: 'deny' })).toMatchObject([
      { id: '0', result: { decision: 'decline' } },
    ])
  })

  it('has the note of its answer follow as a word of the user to the turn that asked', () => {
    const cli = prompted()
    ask(cli, 1, { threadId: 't2', turnId: 'u2' })
    const [, steer] = answered(cli, '1', { decision: 'deny', note: 'not today' })
    expect(steer).toMatchObject({
      method: 'turn/steer',
      params: { threadId: 't2', expectedTurnId: 'u2' },
    })
    expect(JSON.stringify(steer)).toMatch(/denied.*not today.*make/)
    const refused = cli.say({ id: (steer as Sent)['id'], error: { code: 1, message: 'too late' } })
    expect(refused).toEqual([])
  })

  it('is withdrawn when it is resolved without an answer', () => {
    const cli = prompted()
    ask(cli, 7)
    expect(cli.tell('serverRequest/resolved', { requestId: 7 })).toEqual([
      { type: 'withdrawn', question: '7' },
    ])
    expect(answered(cli, '7', { decision: 'allow' })).toEqual([])
    ask(cli, 8)
    answered(cli, '8', { decision: 'deny' })
    expect(cli.tell('serverRequest/resolved', { requestId: 8 })).toEqual([])
  })

  it('is allowed at once where everything is', () => {
    const cli = prompted({ settings: allowing })
    ask(cli, 3)
    expect(cli.sent().at(-1)).toMatchObject({ id: 3, result: { decision: 'accept' } })
    expect(cli.events.some(({ type }) => type === 'asked')).toBe(false)
  })

  it('is never left hanging: what nobody can answer is declined, what is not offered refused', () => {
    const cli = prompted()
    cli.say({ id: 4, method: 'mcpServer/elicitation/request', params: { message: 'Name?' } })
    expect(cli.sent().at(-1)).toMatchObject({ id: 4, result: { action: 'decline' } })
    expect(itemsOf(cli.events)).toEqual([
      { kind: 'warning', text: expect.stringContaining('Name?') },
    ])
    cli.say({ id: 'x', method: 'attestation/generate', params: {} })
    expect(cli.sent().at(-1)).toMatchObject({ id: 'x', error: { code: -32_601 } })
  })
})

describe('what happens in a turn', () => {
  it('is told, each thing once', () => {
    const cli = prompted()
    const change = { path: '/work/a/b.txt' }
    const file = { type: 'fileChange', id: 'f', changes: [change] }
    cli.tell('item/started', { item: file })
    cli.tell('item/completed', { item: { ...file, status: 'completed' } })
    cli.tell('item/completed', { item: { ...file, status: 'declined' } })
    cli.tell('item/completed', { item: { type: 'reasoning', summary: ['hm'], content: [] } })
    cli.tell('item/completed', { item: { type: 'reasoning', summary: [], content: [] } })
    cli.tell('item/completed', {
      item: { type: 'mcpToolCall', server: 's', tool: 't', error: { message: 'no' } },
    })
    cli.tell('turn/plan/updated', {
      plan: [
        { step: 'one', status: 'completed' },
        { step: 'two', status: 'inProgress' },
        { step: 'three', status: 'pending' },
      ],
    })
    cli.tell('mcpServer/startupStatus/updated', { name: 's', status: 'ready' })
    cli.tell('mcpServer/startupStatus/updated', { name: 's', status: 'failed', error: 'gone' })
    cli.tell('item/commandExecution/outputDelta', { delta: 'x' })
    expect(itemsOf(cli.events)).toEqual([
      { kind: 'file_change', paths: ['a/b.txt'] },
      { kind: 'tool', name: 'edit', text: 'was not allowed: a/b.txt' },
      { kind: 'reasoning', text: 'hm' },
      { kind: 'tool', name: 's.t', text: 'failed: no' },
      { kind: 'tool', name: 'todo_list', text: '[x] one\n[~] two\n[ ] three' },
      { kind: 'warning', text: 'the tool server s did not start: gone' },
    ])
  })

  it('is kept raw where it is not known', () => {
    const cli = prompted()
    for (const strange of [
      { method: 'future/event', params: {} },
      { method: 'item/completed', params: { item: { type: 'future' } } },
      { method: 'constructor', params: {} },
      { method: 'item/completed', params: { item: { type: 'toString' } } },
    ]) {
      expect(itemsOf(cli.say(strange))).toEqual([{ kind: 'raw', text: JSON.stringify(strange) }])
    }
  })

  it('throws at nothing, and claims no success', () => {
    const methods = [
      ...[
        'item/started',
        'item/completed',
        'turn/started',
        'turn/plan/updated',
        'error',
        'warning',
      ],
      ...['thread/tokenUsage/updated', 'item/fileChange/requestApproval', 'serverRequest/resolved'],
      ...['item/commandExecution/requestApproval', 'item/permissions/requestApproval'],
      ...['mcpServer/elicitation/request', 'item/tool/requestUserInput'],
    ]
    const value = fc.jsonValue({ maxDepth: 3 })
    const params = fc.oneof(
      value,
      fc.record({ item: value, turn: value, tokenUsage: value, error: value, questions: value }),
      fc.record({ threadId: fc.constant('t1'), permissions: value, _meta: value, plan: value }),
    )
    const wild = fc.record(
      { id: value, method: fc.constantFrom(...methods), params, result: value, error: value },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(wild, { maxLength: 20 }), (messages) => {
        const cli = prompted()
        const events = messages.flatMap((each) => cli.say(each))
        expect(closingOf(events).filter(({ ok }) => ok)).toEqual([])
        for (const item of itemsOf(events)) {
          expect(outputItemSchema.safeParse(item).success).toBe(true)
        }
      }),
    )
  })
})
