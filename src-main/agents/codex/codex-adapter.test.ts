import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultAgentSettings } from '../../../src-shared/contract/index.ts'
import type { LaunchInput, ProbeContext } from '../adapter.ts'
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
    // They touch nothing of the user's, so nobody is asked.
    expect(line).toContain('default_tools_approval_mode="approve"')
  })

  it('opens a conversation for a person, in a folder of any name', () => {
    const worktree = '/work "tree"\\ ü\n\u007f'
    const plan = codexAdapter.planInteractive?.({ ...input, worktree, resume: 'id' })
    expect(plan).toMatchObject({ command: 'codex', leave: '\u0003\u0003\u0003' })
    expect(plan?.args[0]).toBe('resume')
    expect(plan?.args.at(-1)).toBe('id')
    expect(plan?.args).toContain(
      'projects={"/work \\"tree\\"\\\\ ü\\n\\u007f"={trust_level="trusted"}}',
    )
    expect(codexAdapter.planInteractive?.(input).args).not.toContain('resume')
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
