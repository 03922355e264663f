import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultAgentSettings } from '../../../src-shared/contract/index.ts'
import type { AgentEvent, LaunchInput, ProbeContext } from '../adapter.ts'
import { codexAdapter } from './codex-adapter.ts'

const input: LaunchInput = {
  settings: defaultAgentSettings,
  worktree: '/work',
  dir: '/runs/1',
  prompt: 'p',
}

describe('the launch of Codex', () => {
  it('is its app server, which takes everything else in the protocol', () => {
    const settings = { ...defaultAgentSettings, command: '/opt/codex', extraArgs: ['-c', 'a=1'] }
    const plan = codexAdapter.plan({ ...input, settings, resume: 'id', model: 'm' })
    expect(plan).toEqual({
      command: '/opt/codex',
      args: ['app-server', '-c', 'a=1'],
      env: {},
      files: [],
      dialogue: true,
    })
  })

  it('offers our tools by an address, and the token by the variable that holds it', () => {
    const mcp = { url: 'http://127.0.0.1:7/mcp' }
    const line = codexAdapter.plan({ ...input, mcp }).args.join(' ')
    expect(line).toContain('mcp_servers.thalogos={url="http://127.0.0.1:7/mcp"')
    expect(line).toContain('bearer_token_env_var="THALOGOS_RUN_TOKEN"')
  })

  it('opens a conversation for a person, in a folder of any name', () => {
    const worktree = '/work "tree"\\ ü\n\u007f'
    const plan = codexAdapter.planInteractive?.({ ...input, worktree, resume: 'id' })
    expect(plan).toMatchObject({ command: 'codex', leave: '/quit\r' })
    expect(plan?.args[0]).toBe('resume')
    expect(plan?.args.at(-1)).toBe('id')
    expect(plan?.args).toContain(
      'projects={"/work \\"tree\\"\\\\ ü\\n\\u007f"={trust_level="trusted"}}',
    )
    expect(codexAdapter.planInteractive?.(input).args).not.toContain('resume')
  })
})

describe('the dialogue with Codex', () => {
  const line = (message: object) => Buffer.from(`${JSON.stringify(message)}\n`)
  const sent = (events: readonly AgentEvent[]): Record<string, unknown>[] =>
    events.flatMap((event) => (event.type === 'send' ? [JSON.parse(event.text)] : []))

  function talk(more: Partial<LaunchInput> = {}) {
    const parser = codexAdapter.createParser({ ...input, ...more })
    const first = sent(parser.begin?.() ?? [])
    const greeted = sent(parser.push(line({ id: 1, result: {} })))
    const opened = sent(parser.push(line({ id: 2, result: { thread: { id: 'th' } } })))
    return { parser, first, greeted, opened }
  }

  it('greets, opens a thread, and sends the prompt with the schema of its answer', () => {
    const schema = { type: 'object' }
    const { first, greeted, opened } = talk({ schema, model: 'm' })
    expect(first).toMatchObject([{ method: 'initialize' }])
    expect(greeted).toMatchObject([
      { method: 'initialized' },
      {
        method: 'thread/start',
        params: { model: 'm', approvalPolicy: 'on-request', sandbox: 'workspace-write' },
      },
    ])
    // It would be trusted for good, and what it configures be started.
    expect(greeted[1]?.['params']).not.toHaveProperty('cwd')
    const prompt = [{ type: 'text', text: 'p' }]
    expect(opened).toMatchObject([
      {
        method: 'turn/start',
        params: { threadId: 'th', cwd: '/work', input: prompt, outputSchema: schema },
      },
    ])
  })

  it('goes on with a thread, and asks nobody where everything is allowed', () => {
    const settings = { ...defaultAgentSettings, permissions: 'allow' as const }
    const [, thread] = talk({ resume: 'old', settings }).greeted
    expect(thread).toMatchObject({
      method: 'thread/resume',
      params: { threadId: 'old', approvalPolicy: 'never', sandbox: 'danger-full-access' },
    })
  })

  it('puts its questions and gives the answers, also to the id 0', () => {
    const { parser } = talk()
    const asked = (id: number, method: string, params: object) =>
      parser.push(line({ id, method, params }))
    const command = { command: "/bin/bash -lc 'touch ../x'", reason: 'it lies outside' }
    expect(asked(0, 'item/commandExecution/requestApproval', command)).toEqual([
      {
        type: 'asked',
        question: { id: '0', tool: 'shell', subject: 'touch ../x', why: 'it lies outside' },
      },
    ])
    expect(sent(parser.answer?.('0', { decision: 'allow' }) ?? [])).toMatchObject([
      { id: 0, result: { decision: 'accept' } },
    ])
    expect(parser.answer?.('0', { decision: 'deny' })).toEqual([])
    const changes = [{ path: '/etc/x' }, { path: '/work/a.txt' }]
    parser.push(
      line({ method: 'item/started', params: { item: { type: 'fileChange', id: 'i', changes } } }),
    )
    expect(asked(1, 'item/fileChange/requestApproval', { itemId: 'i' })).toMatchObject([
      { question: { tool: 'edit', subject: '/etc/x, a.txt' } },
    ])
    expect(sent(parser.answer?.('1', { decision: 'deny', note: 'no' }) ?? [])).toMatchObject([
      { id: 1, result: { decision: 'decline' } },
    ])
  })

  it('leaves no request unanswered, and keeps what it does not know raw', () => {
    const { parser } = talk()
    const request = { id: 'x', method: 'item/tool/requestUserInput', params: {} }
    expect(sent(parser.push(line(request)))).toMatchObject([{ id: 'x', error: { code: -32_601 } }])
    const future = { method: 'future/event', params: { a: 1 } }
    expect(parser.push(line(future))).toEqual([
      { type: 'item', item: { kind: 'raw', text: JSON.stringify(future) } },
    ])
  })

  it('fails when it is refused, and when its turn was interrupted', () => {
    const parser = codexAdapter.createParser(input)
    parser.begin?.()
    const refused = parser.push(line({ id: 1, error: { code: 1, message: 'not logged in' } }))
    expect(refused).toMatchObject([{ closing: { ok: false, code: 'not_signed_in' } }])
    const { parser: other } = talk()
    const turn = { method: 'turn/completed', params: { turn: { status: 'interrupted' } } }
    expect(other.push(line(turn))).toMatchObject([{ closing: { ok: false, code: 'run_failed' } }])
  })
})

describe('the probe of Codex', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'thalogos-codex-'))
    mkdirSync(join(home, '.codex'))
  })
  afterEach(() => {
    rmSync(home, { recursive: true })
  })
  const probe = (more: Partial<ProbeContext> = {}, output = 'codex-cli 0.169.0\n') =>
    codexAdapter.probe({
      settings: defaultAgentSettings,
      env: { HOME: home },
      run: () => Promise.resolve({ exitCode: 0, output, missing: false }),
      ...more,
    })

  it('says that it is not installed, or is something else', async () => {
    const missing = { exitCode: 127, output: '', missing: true }
    expect(await probe({ run: () => Promise.resolve(missing) })).toMatchObject({
      available: false,
      reason: { code: 'command_missing' },
    })
    expect(await probe({}, 'hello')).toMatchObject({ reason: { code: 'command_missing' } })
  })

  it('says that nobody is signed in', async () => {
    expect(await probe()).toMatchObject({
      available: false,
      version: '0.169.0',
      reason: { code: 'not_signed_in' },
    })
  })

  it('is available with a key, a stored login, or a provider of the user’s own', async () => {
    const yes = { available: true, version: '0.169.0' }
    expect(await probe({ env: { HOME: home, OPENAI_API_KEY: 'k' } })).toEqual(yes)
    const extraArgs = ['-c', 'model_provider="own"']
    expect(await probe({ settings: { ...defaultAgentSettings, extraArgs } })).toEqual(yes)
    writeFileSync(join(home, '.codex', 'config.toml'), 'model_provider = "own"\n')
    expect(await probe()).toEqual(yes)
    rmSync(join(home, '.codex', 'config.toml'))
    writeFileSync(join(home, '.codex', 'auth.json'), '{}')
    expect(await probe()).toEqual(yes)
    expect(await probe({ env: { HOME: '/nowhere', CODEX_HOME: join(home, '.codex') } })).toEqual(
      yes,
    )
  })
})
