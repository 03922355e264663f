import { describe, expect, it } from 'vitest'
import { defaultAgentSettings } from '../../../src-shared/contract/index.ts'
import type { AgentEvent, LaunchInput, OutputParser } from '../adapter.ts'
import { createAcpParser } from './acp-parser.ts'

const launch: LaunchInput = {
  settings: defaultAgentSettings,
  dir: '/runs/1',
  worktree: '/work',
  prompt: 'do it',
}

interface Sent {
  id?: unknown
  method?: string
  params?: Record<string, unknown>
  result?: unknown
  error?: { code: number }
}

/** A conversation with the parser, in the place of the CLI. */
interface Cli {
  parser: OutputParser
  /** All that came out, in order. */
  events: AgentEvent[]
  /** What the CLI would have read. */
  sent(): Sent[]
  say(message: object): AgentEvent[]
  /** Answers the last request that was sent. */
  reply(body: { result: object } | { error: object }): AgentEvent[]
  update(sessionUpdate: string, more?: object): AgentEvent[]
  ask(id: number | string, toolCall: object, options?: object[]): AgentEvent[]
}

const OPTIONS = [
  { optionId: 'proceed_always', kind: 'allow_always' },
  { optionId: 'proceed_once', kind: 'allow_once' },
  { optionId: 'cancel', kind: 'reject_once' },
]

function open(more: Partial<LaunchInput> = {}, token?: string): Cli {
  const parser = createAcpParser({ ...launch, ...more })
  const events: AgentEvent[] = []
  const keep = (given: AgentEvent[] = []) => {
    events.push(...given)
    return given
  }
  const sent = () =>
    events.flatMap((event) => (event.type === 'send' ? [JSON.parse(event.text) as Sent] : []))
  const say = (message: object) =>
    keep(parser.push(Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)))
  keep(parser.begin?.(token))
  return {
    parser,
    events,
    sent,
    say,
    reply: (body) => say({ id: sent().findLast((each) => each.method)?.id, ...body }),
    update: (sessionUpdate, update = {}) =>
      say({
        method: 'session/update',
        params: { sessionId: 's-1', update: { sessionUpdate, ...update } },
      }),
    ask: (id, toolCall, options = OPTIONS) =>
      say({
        id,
        method: 'session/request_permission',
        params: { sessionId: 's-1', options, toolCall },
      }),
  }
}

/** As far as the prompt. */
function prompted(more: Partial<LaunchInput> = {}): Cli {
  const cli = open(more)
  cli.reply({ result: { protocolVersion: 1 } })
  cli.reply({ result: { sessionId: 's-1' } })
  return cli
}

const text = (words: string) => ({ content: { type: 'text', text: words } })
const shell = (title: string) => ({ toolCallId: 'run_shell_command__1', title, kind: 'execute' })
const itemsOf = (events: readonly AgentEvent[]) =>
  events.flatMap((event) => (event.type === 'item' ? [event.item] : []))
const closingOf = (events: readonly AgentEvent[]) =>
  events.flatMap((event) => (event.type === 'closed' ? [event.closing] : []))
const end = (stopReason: string) => ({ result: { stopReason } })

describe('the opening of an ACP session', () => {
  it('offers nothing, names the folder, sends the prompt', () => {
    const cli = prompted()
    expect(cli.sent().map(({ method, params }) => [method, params])).toEqual([
      [
        'initialize',
        {
          protocolVersion: 1,
          clientCapabilities: {
            fs: { readTextFile: false, writeTextFile: false },
            terminal: false,
          },
        },
      ],
      ['session/new', { cwd: '/work', mcpServers: [] }],
      ['session/prompt', { sessionId: 's-1', prompt: [{ type: 'text', text: 'do it' }] }],
    ])
  })

  it('offers our tools with the token that it is given, and without one not at all', () => {
    const mcp = { url: 'http://127.0.0.1:1/mcp' }
    const cli = open({ mcp }, 'tok')
    cli.reply({ result: {} })
    expect(cli.sent().at(-1)?.params?.['mcpServers']).toEqual([
      {
        type: 'http',
        name: 'thalogos',
        url: mcp.url,
        headers: [{ name: 'Authorization', value: 'Bearer tok' }],
      },
    ])
    const without = open({ mcp })
    without.reply({ result: {} })
    expect(without.sent().at(-1)?.params?.['mcpServers']).toEqual([])
  })

  it.each(['/extensions install evil', '  $memory'])(
    'takes %j for words, not for a command',
    (prompt) => {
      const params = prompted({ prompt }).sent().at(-1)?.params
      expect(params?.['prompt']).toEqual([{ type: 'text', text: `The task:\n${prompt}` }])
    },
  )

  it('loads an earlier session, and takes nothing that it retells for news', () => {
    const cli = open({ resume: 's-1' })
    // By another name, and first of all: else it is lost within the minute in which it was begun.
    expect(cli.sent()).toEqual([
      expect.objectContaining({
        method: 'session/load',
        params: { sessionId: ' s-1', cwd: '/work', mcpServers: [] },
      }),
    ])
    cli.update('user_message_chunk', text('before'))
    cli.reply({ result: { modes: { currentModeId: 'autoEdit' } } })
    cli.update('agent_message_chunk', text('long ago'))
    cli.update('tool_call', { ...shell('ls'), status: 'completed' })
    expect(cli.sent().at(-1)).toMatchObject({
      method: 'session/set_mode',
      params: { sessionId: ' s-1', modeId: 'autoEdit' },
    })
    expect(cli.reply({ result: {} })).toHaveLength(1)
    expect(cli.sent().at(-1)?.params).toMatchObject({ sessionId: ' s-1' })
    cli.update('agent_message_chunk', text('now'))
    cli.reply(end('end_turn'))
    expect(itemsOf(cli.events)).toEqual([{ kind: 'message', text: 'now' }])
    expect(cli.events).toContainEqual({ type: 'session', id: 's-1' })
    expect(closingOf(cli.events)).toEqual([{ ok: true, answer: 'now' }])
  })

  it('loads as the protocol has it where the other way is refused', () => {
    const cli = open({ resume: 's-1' })
    cli.reply({ error: { code: -32600, message: 'not initialized' } })
    cli.reply({ result: { protocolVersion: 1 } })
    expect(cli.sent().at(-1)?.params).toMatchObject({ sessionId: 's-1' })
    cli.reply({ result: {} })
    expect(cli.sent().map(({ method }) => method)).toEqual([
      ...['session/load', 'initialize', 'session/load', 'session/prompt'],
    ])
    expect(cli.sent().at(-1)?.params).toMatchObject({ sessionId: 's-1' })
    expect(itemsOf(cli.events)).toEqual([])
  })

  it('begins anew when the earlier session is lost, and says so', () => {
    const cli = open({ resume: 'gone' })
    const data = { details: 'Invalid session identifier "gone".' }
    const refusal = { error: { code: -32603, message: 'Internal error', data } }
    cli.reply(refusal)
    cli.reply({ result: {} })
    cli.reply(refusal)
    expect(itemsOf(cli.events)).toEqual([
      { kind: 'warning', text: expect.stringContaining('Invalid session identifier') },
    ])
    cli.reply({ result: { sessionId: 's-2' } })
    cli.update('agent_message_chunk', text('anew'))
    expect(cli.events).toContainEqual({ type: 'session', id: 's-2' })
    expect(cli.sent().at(-1)?.params).toMatchObject({ sessionId: 's-2' })
  })

  it('names no session that has nothing to go on with', () => {
    const cli = prompted()
    cli.update('available_commands_update', { availableCommands: [] })
    cli.reply({ error: { code: 500, message: 'broken' } })
    expect(cli.events.some(({ type }) => type === 'session')).toBe(false)
  })
})

describe('the end of an ACP prompt', () => {
  it('is its stopReason, with the last words and the counts', () => {
    const cli = prompted()
    cli.update('agent_message_chunk', text('al'))
    cli.update('agent_message_chunk', text('l done'))
    const token_count = { input_tokens: 120, output_tokens: 42 }
    cli.reply({ result: { stopReason: 'end_turn', _meta: { quota: { token_count } } } })
    expect(cli.events.slice(-3)).toEqual([
      { type: 'usage', usage: { inputTokens: 120, outputTokens: 42, costUsd: 0 } },
      { type: 'item', item: { kind: 'message', text: 'all done' } },
      { type: 'closed', closing: { ok: true, answer: 'all done' } },
    ])
  })

  it.each(['refusal', 'max_tokens', 'max_turn_requests', 'cancelled', 'something_new', ''])(
    'is no success at %j',
    (stopReason) => {
      const cli = prompted()
      cli.update('agent_message_chunk', text('well'))
      cli.reply(end(stopReason))
      expect(closingOf(cli.events)).toEqual([
        { ok: false, code: 'run_failed', message: expect.stringMatching(/\w/) },
      ])
    },
  )

  it('is no success without words after the last deed: they were blocked or cut off', () => {
    const cli = prompted()
    cli.update('agent_message_chunk', text('I will look.'))
    cli.update('tool_call', { ...shell('ls'), status: 'in_progress' })
    cli.update('tool_call_update', { ...shell('ls'), status: 'completed' })
    cli.reply(end('end_turn'))
    expect(closingOf(cli.events)).toMatchObject([{ ok: false, code: 'run_failed' }])
  })

  it.each([
    [{ code: 401, message: 'x' }, 'not_signed_in', 'x'],
    [{ code: -32000, message: 'Authentication required.' }, 'not_signed_in', undefined],
    [
      {
        code: 400,
        message: '{"error":{"message":"API key not valid. Please pass a valid API key."}}',
      },
      'not_signed_in',
      'API key not valid. Please pass a valid API key.',
    ],
    [{ code: 429, message: 'Rate limit exceeded. Try again later.' }, 'rate_limited', undefined],
    [
      { code: 500, message: '{"error":{"message":"{\\"error\\":{\\"message\\":\\"deep\\"}}"}}' },
      'run_failed',
      'deep',
    ],
    [{ code: -32603, message: '{"cut off' }, 'run_failed', '{"cut off'],
    [{ code: -32603, message: '' }, 'run_failed', 'error -32603'],
  ])('says what the error %j means', (error, code, message) => {
    const cli = prompted()
    cli.reply({ error })
    expect(closingOf(cli.events)).toEqual([{ ok: false, code, message: message ?? error.message }])
  })

  it.each([0, 1])('may come before any prompt: %i replies were good', (good) => {
    const cli = open()
    for (let n = 0; n < good; n += 1) cli.reply({ result: {} })
    cli.reply({ error: { code: 1, message: 'no' } })
    expect(closingOf(cli.events)).toEqual([{ ok: false, code: 'run_failed', message: 'no' }])
  })

  it('is missing when the CLI just goes; what it had said is told', () => {
    const cli = prompted()
    cli.update('agent_message_chunk', text('I was about to'))
    expect(cli.parser.end(0)).toEqual([
      { type: 'item', item: { kind: 'message', text: 'I was about to' } },
    ])
  })
})

describe('what an ACP agent does', () => {
  it('is told as commands, with what is known of their ends', () => {
    const ended = (status: string, words?: string) => {
      const cli = prompted()
      cli.update('tool_call', { ...shell('make'), status: 'in_progress' })
      const content = words === undefined ? [] : [{ type: 'content', ...text(words) }]
      const { title, ...rest } = shell('make')
      cli.update('tool_call_update', {
        ...rest,
        ...(status === 'failed' ? {} : { title }),
        status,
        content,
      })
      return itemsOf(cli.events)
    }
    const started = { kind: 'command', command: 'make', state: 'started' }
    const end = { ...started, state: 'ended' }
    expect(ended('completed')).toEqual([started, { ...end, output: '', exitCode: 0 }])
    expect(ended('completed', 'built')).toEqual([started, { ...end, output: 'built' }])
    const code = 'Command exited with code: 7'
    expect(ended('completed', code)).toEqual([started, { ...end, output: '', exitCode: 7 }])
    expect(ended('failed', 'no shell')).toEqual([
      started,
      { ...end, output: 'no shell', exitCode: null },
    ])
  })

  it('is told as changed files, relative to the worktree, and as tools', () => {
    const cli = prompted()
    const edit = { toolCallId: 'write_file__1', kind: 'edit', status: 'completed' }
    const content = [{ type: 'diff', path: '/work/src/a.ts', oldText: '', newText: 'a' }]
    const locations = [{ path: '/work/src/a.ts' }, { path: '/else/b' }]
    cli.update('tool_call_update', { ...edit, title: 'Writing to src/a.ts', content, locations })
    const why = [{ type: 'content', ...text('no such text') }]
    cli.update('tool_call', { ...edit, status: 'in_progress', title: 'a.ts: b => c', locations })
    cli.update('tool_call_update', { ...edit, status: 'failed', content: why })
    const read = { toolCallId: 'read_file__1', title: 'a.ts', kind: 'read' }
    cli.update('tool_call_update', { ...read, status: 'completed', locations })
    cli.update('agent_thought_chunk', text('**Hm**\nwell'))
    expect(itemsOf(cli.events)).toEqual([
      { kind: 'file_change', paths: ['src/a.ts', '/else/b'] },
      { kind: 'tool', name: 'write_file', text: 'a.ts: b => c: failed: no such text' },
      { kind: 'tool', name: 'read_file', text: 'a.ts' },
      { kind: 'reasoning', text: '**Hm**\nwell' },
    ])
  })

  it('is kept raw where it is not known, a request refused', () => {
    const cli = prompted()
    cli.update('holiday_update', { where: 'sea' })
    cli.say({ method: 'session/future', params: {} })
    cli.say({ id: 'nobody asked', result: {} })
    expect(itemsOf(cli.events).map(({ kind }) => kind)).toEqual(['raw', 'raw', 'raw'])
    cli.say({ id: 7, method: 'fs/write_text_file', params: { path: '/etc/passwd', content: '' } })
    expect(cli.sent().at(-1)).toMatchObject({ id: 7, error: { code: -32601 } })
  })
})

describe('a question of an ACP agent', () => {
  it('waits for its answer, which is sent once, and only then begins the command', () => {
    const cli = prompted()
    cli.update('agent_message_chunk', text('I will make it.'))
    expect(cli.ask(0, shell('make'))).toEqual([
      { type: 'item', item: { kind: 'message', text: 'I will make it.' } },
      { type: 'asked', question: { id: '0', tool: 'shell', subject: 'make' } },
    ])
    const [answered, begun, ...more] = cli.parser.answer?.('0', { decision: 'allow' }) ?? []
    expect(answered).toMatchObject({ type: 'send' })
    expect(JSON.parse(answered?.type === 'send' ? answered.text : '')).toEqual({
      jsonrpc: '2.0',
      id: 0,
      result: { outcome: { outcome: 'selected', optionId: 'proceed_once' } },
    })
    expect(begun).toEqual({
      type: 'item',
      item: { kind: 'command', command: 'make', state: 'started' },
    })
    expect(more).toEqual([])
    expect(cli.parser.answer?.('0', { decision: 'deny' })).toEqual([])
  })

  it('is told apart by its id, whatever kind of id that is', () => {
    const cli = prompted()
    cli.ask(0, shell('number'))
    cli.ask('0', shell('text'))
    const sent = (question: string) =>
      (cli.parser.answer?.(question, { decision: 'deny' }) ?? []).map((event) =>
        event.type === 'send' ? (JSON.parse(event.text) as Sent).id : event,
      )
    expect(sent('"0"')).toEqual(['0'])
    expect(sent('0')).toEqual([0])
    expect(sent('1')).toEqual([])
  })

  it('is not put to a person where the answer is settled', () => {
    const cli = prompted()
    const todos = { toolCallId: 'write_todos__1', title: 'Set 1 todo(s)', kind: 'other' }
    expect(cli.ask(3, todos).map(({ type }) => type)).toEqual(['session', 'send'])
    expect(cli.sent().at(-1)).toMatchObject({
      id: 3,
      result: { outcome: { optionId: 'proceed_once' } },
    })
  })
})
