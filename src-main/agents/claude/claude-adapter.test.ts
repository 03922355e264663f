import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defaultAgentSettings } from '../../../src-shared/contract/index.ts'
import type { AgentEvent, LaunchInput, ProbeContext } from '../adapter.ts'
import { claudeAdapter } from './claude-adapter.ts'
import { isSignedIn } from './claude-sign-in.ts'

const mcp = { url: 'http://127.0.0.1:7/mcp' }
const input: LaunchInput = {
  settings: defaultAgentSettings,
  dir: '/runs/1',
  worktree: '/work',
  prompt: 'p',
}
const allowing = { ...defaultAgentSettings, permissions: 'allow' as const }

describe('the launch of Claude Code', () => {
  it('reads its prompt from standard input and asks through our tool', () => {
    const plan = claudeAdapter.plan({ ...input, mcp })
    expect(plan).toMatchObject({ command: 'claude', stdin: 'prompt' })
    const line = plan.args.join(' ')
    expect(line).toContain('-p --output-format stream-json --verbose')
    expect(line).toContain('--permission-mode acceptEdits')
    expect(line).toContain('--permission-prompt-tool mcp__thalogos__approve')
    expect(line).toContain('--mcp-config /runs/1/mcp.json --strict-mcp-config')
  })

  it('names its token by the variable that holds it, and waits for a person as long as it can', () => {
    const plan = claudeAdapter.plan({ ...input, mcp })
    const file = plan.files.find(({ name }) => name === 'mcp.json')?.content ?? ''
    expect(JSON.parse(file)).toEqual({
      mcpServers: {
        thalogos: {
          type: 'http',
          url: mcp.url,
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Claude fills it in
          headers: { Authorization: 'Bearer ${THALOGOS_RUN_TOKEN}' },
        },
      },
    })
    expect(Number(plan.env['MCP_TOOL_TIMEOUT'])).toBeLessThan(2 ** 31)
    expect(Number(plan.env['MCP_TOOL_TIMEOUT'])).toBeGreaterThan(24 * 3_600_000)
  })

  it('leaves nothing to the background of a run that ends with its turn', () => {
    const variable = 'CLAUDE_CODE_DISABLE_BACKGROUND_TASKS'
    expect(claudeAdapter.plan(input).env[variable]).toBe('1')
    expect(claudeAdapter.planInteractive?.(input).env[variable]).toBeUndefined()
  })

  it('asks nobody where everything is allowed, also as root', () => {
    const plan = claudeAdapter.plan({ ...input, mcp, settings: allowing })
    expect(plan.args).toContain('bypassPermissions')
    expect(plan.args).not.toContain('--permission-prompt-tool')
    expect(plan.env['IS_SANDBOX']).toBe(process.getuid?.() === 0 ? '1' : undefined)
    expect(claudeAdapter.plan({ ...input, mcp }).env['IS_SANDBOX']).toBeUndefined()
  })

  it('goes on with a conversation, takes a model, and what the user adds last', () => {
    const settings = { ...defaultAgentSettings, model: 'opus', extraArgs: ['--add-dir', '/x'] }
    const { args } = claudeAdapter.plan({ ...input, settings, resume: 'abc' })
    expect(args.join(' ')).toContain('--resume abc --model opus')
    expect(args.slice(-2)).toEqual(['--add-dir', '/x'])
    expect(claudeAdapter.plan({ ...input, settings, model: 'haiku' }).args).toContain('haiku')
  })

  it('opens the same conversation for a person, who is asked by Claude itself', () => {
    const plan = claudeAdapter.planInteractive?.({ ...input, mcp, resume: 'abc' })
    expect(plan).toMatchObject({ command: 'claude', leave: '\u001b\u0003\u0003\u0003' })
    expect(plan?.args).toContain('abc')
    expect(plan?.args).not.toContain('-p')
    expect(plan?.args).not.toContain('--permission-prompt-tool')
    expect(plan?.env['CLAUDE_CODE_SANDBOXED']).toBe('1')
  })
})

describe('the output of Claude Code', () => {
  const events = (...lines: object[]): AgentEvent[] => {
    const parser = claudeAdapter.createParser(input)
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    return [...parser.push(Buffer.from(text)), ...parser.end(0)]
  }
  const closings = (...lines: object[]) =>
    events(...lines).flatMap((event) => (event.type === 'closed' ? [event.closing] : []))
  const retry = (error_status: number, attempt: number, retry_delay_ms = 500) => ({
    type: 'system',
    subtype: 'api_retry',
    error_status,
    error: error_status === 401 ? 'authentication_failed' : 'rate_limit',
    attempt,
    retry_delay_ms,
  })
  const init = (apiKeySource: string) => ({ type: 'system', subtype: 'init', apiKeySource })

  it('ends at once on a key that is refused, and lets another credential be renewed first', () => {
    expect(closings(init('ANTHROPIC_API_KEY'), retry(401, 1))).toMatchObject([
      { ok: false, code: 'not_signed_in' },
    ])
    expect(closings(init('none'), retry(401, 1))).toEqual([])
    expect(closings(init('none'), retry(401, 1), retry(401, 2))).toMatchObject([
      { code: 'not_signed_in' },
    ])
  })

  it('waits out a short rate limit, and ends on one of more than a minute', () => {
    expect(closings(retry(429, 1, 20_000), retry(429, 2, 30_000))).toEqual([])
    expect(closings(retry(429, 1, 40_000), retry(429, 2, 40_000))).toMatchObject([
      { ok: false, code: 'rate_limited' },
    ])
  })

  it('believes is_error and not the word success beside it', () => {
    const result = { type: 'result', subtype: 'success', result: 'API Error: 500', num_turns: 1 }
    expect(closings({ ...result, is_error: true })).toMatchObject([
      { ok: false, code: 'run_failed', message: 'API Error: 500' },
    ])
    expect(closings({ ...result, is_error: false })).toMatchObject([{ ok: true }])
    expect(closings({ type: 'result', subtype: 'error_max_turns', is_error: false })).toMatchObject(
      [{ ok: false, message: 'error_max_turns' }],
    )
  })

  it('tells a denied command as one that never ran', () => {
    const use = { type: 'tool_use', id: 't', name: 'Bash', input: { command: 'rm x' } }
    const result = { type: 'tool_result', tool_use_id: 't', is_error: true, content: 'denied' }
    const items = events(
      { type: 'assistant', message: { content: [use] } },
      { type: 'user', message: { content: [result] } },
    ).flatMap((event) => (event.type === 'item' ? [event.item] : []))
    expect(items).toEqual([
      { kind: 'command', command: 'rm x', state: 'started' },
      { kind: 'command', command: 'rm x', state: 'ended', output: 'denied', exitCode: null },
    ])
  })
})

describe('the probe of Claude Code', () => {
  const context = (
    env: Record<string, string>,
    output = '2.1.197 (Claude Code)',
  ): ProbeContext => ({
    settings: defaultAgentSettings,
    env,
    run: () => Promise.resolve({ exitCode: 0, output, missing: output === '' }),
  })
  const home = (): string => {
    const dir = mkdtempSync(join(tmpdir(), 'thalogos-claude-'))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    mkdirSync(join(dir, '.claude'))
    return dir
  }

  it('says what is missing: the command, its version, a login', async () => {
    expect(await claudeAdapter.probe(context({}, ''))).toMatchObject({
      available: false,
      reason: { code: 'command_missing' },
    })
    expect(await claudeAdapter.probe(context({}, 'oops'))).toMatchObject({ available: false })
    const ready = await claudeAdapter.probe(context({ ANTHROPIC_API_KEY: 'k' }))
    expect(ready).toEqual({ available: true, version: '2.1.197' })
  })

  it('finds a login by variable, by file, by helper, and on macOS in the keychain', async () => {
    const dir = home()
    const env = { HOME: dir }
    expect(await isSignedIn(env, 'linux')).toBe(false)
    expect(await isSignedIn(env, 'darwin')).toBe(true)
    expect(await isSignedIn({ ...env, CLAUDE_CODE_USE_BEDROCK: '1' }, 'linux')).toBe(true)
    writeFileSync(join(dir, '.claude/settings.json'), '{"apiKeyHelper": "/bin/key"}')
    expect(await isSignedIn(env, 'linux')).toBe(true)
    const other = home()
    writeFileSync(join(other, '.credentials.json'), '{}')
    expect(await isSignedIn({ HOME: dir, CLAUDE_CONFIG_DIR: other }, 'linux')).toBe(true)
  })
})
