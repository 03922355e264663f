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
  it('reads its prompt from standard input, writes only below its folder', () => {
    const plan = codexAdapter.plan(input)
    expect(plan).toMatchObject({ command: 'codex', stdin: 'prompt' })
    expect(plan.args).toEqual([
      'exec',
      '--json',
      '--skip-git-repo-check',
      '-c',
      'sandbox_mode="workspace-write"',
      '-',
    ])
  })

  it('resumes with the same settings, the session before the prompt', () => {
    const settings = { ...defaultAgentSettings, command: '/opt/codex', extraArgs: ['-c', 'a=1'] }
    const plan = codexAdapter.plan({ ...input, settings, resume: 'id', model: 'm' })
    expect(plan.command).toBe('/opt/codex')
    expect(plan.args).toEqual([
      'exec',
      'resume',
      '--json',
      '--skip-git-repo-check',
      '-c',
      'sandbox_mode="workspace-write"',
      '-m',
      'm',
      '-c',
      'a=1',
      'id',
      '-',
    ])
  })

  it('names the schema’s file for a structured answer', () => {
    const plan = codexAdapter.plan({ ...input, schema: { type: 'object' } })
    expect(plan.args.join(' ')).not.toContain('{"type"')
    expect(plan.args).toContain('--output-schema')
    expect(plan.args).toContain(join('/runs/1', 'schema.json'))
    expect(plan.files).toContainEqual({ name: 'schema.json', content: '{"type":"object"}' })
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
