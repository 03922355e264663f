import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultAgentSettings } from '../../../src-shared/contract/index.ts'
import type { LaunchInput, ProbeContext } from '../adapter.ts'
import { geminiAdapter } from './gemini-adapter.ts'

const input: LaunchInput = {
  settings: defaultAgentSettings,
  worktree: '/work',
  dir: '/runs/1',
  prompt: 'p',
}

describe('the launch of Gemini', () => {
  it('is a dialogue that asks for everything', () => {
    const plan = geminiAdapter.plan(input)
    expect(plan).toMatchObject({ command: 'gemini', dialogue: true, files: [] })
    expect(plan.args).toEqual(['--acp', '--skip-trust', '--approval-mode', 'default'])
  })

  it('goes by the settings, and protects the session that it resumes', () => {
    const settings = {
      ...defaultAgentSettings,
      command: '/opt/node',
      args: ['gemini.js'],
      extraArgs: ['--debug'],
      model: 'other',
      permissions: 'allow' as const,
    }
    const plan = geminiAdapter.plan({ ...input, settings, resume: 'id', model: 'm' })
    expect(plan.command).toBe('/opt/node')
    expect(plan.args).toEqual([
      ...['gemini.js', '--acp', '--skip-trust', '--approval-mode', 'yolo'],
      ...['--resume', 'id', '-m', 'm', '--debug'],
    ])
  })

  it('leaves settings that lie in the worktree alone', () => {
    const { prompt: _, ...interactive } = input
    const plans = [geminiAdapter.plan(input), geminiAdapter.planInteractive?.(interactive)]
    for (const plan of plans) expect(plan?.env['GEMINI_CLI_TRUST_WORKSPACE']).toBe('false')
  })

  it('is the same conversation at a terminal', () => {
    const plan = geminiAdapter.planInteractive?.({ ...input, resume: 'id' })
    expect(plan).toMatchObject({ command: 'gemini', leave: '\u0003\u0003\u0003' })
    expect(plan?.args).toEqual(['--skip-trust', '--approval-mode', 'auto_edit', '--resume', 'id'])
  })
})

describe('the probe of Gemini', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'thalogos-gemini-'))
    mkdirSync(join(home, '.gemini'))
  })
  afterEach(() => {
    rmSync(home, { recursive: true })
  })
  const write = (name: string, content: string) => writeFileSync(join(home, name), content)
  const probe = (more: Partial<ProbeContext> = {}, output = '0.61.0\n') =>
    geminiAdapter.probe({
      settings: defaultAgentSettings,
      env: { HOME: home, GEMINI_CLI_SYSTEM_SETTINGS_PATH: join(home, 'system.json') },
      run: () => Promise.resolve({ exitCode: 0, output, missing: false }),
      ...more,
    })
  const yes = { available: true, version: '0.61.0' }
  const no = { available: false, version: '0.61.0', reason: { code: 'not_signed_in' } }

  it('says that it is not installed, or is something else', async () => {
    const missing = { exitCode: 127, output: '', missing: true }
    expect(await probe({ run: () => Promise.resolve(missing) })).toMatchObject({
      available: false,
      reason: { code: 'command_missing' },
    })
    expect(await probe({}, 'hello')).toMatchObject({ reason: { code: 'command_missing' } })
  })

  it('says that nobody is signed in: Vertex AI counts only when it is chosen', async () => {
    expect(await probe()).toMatchObject(no)
    const vertex = { HOME: home, GOOGLE_API_KEY: 'k', GOOGLE_GENAI_USE_VERTEXAI: 'true' }
    expect(await probe({ env: vertex })).toMatchObject(no)
    write('.gemini/settings.json', '{"security":{"auth":{"selectedType":"vertex-ai"}}}')
    expect(await probe({ env: vertex })).toEqual(yes)
  })

  it('is available with a key in the environment or in a file of the user’s, or with a gateway', async () => {
    expect(await probe({ env: { HOME: home, GEMINI_API_KEY: 'k' } })).toEqual(yes)
    expect(await probe({ env: { HOME: home, GOOGLE_GEMINI_BASE_URL: 'http://x' } })).toEqual(yes)
    write('.env', '# GEMINI_API_KEY=k\nOTHER=1\n')
    expect(await probe()).toMatchObject(no)
    write('.gemini/.env', 'export GEMINI_API_KEY="k"\n')
    expect(await probe()).toEqual(yes)
    expect(await probe({ env: { HOME: '/nowhere', GEMINI_CLI_HOME: home } })).toEqual(yes)
  })

  it('is available with the Google login that is chosen, once it is there', async () => {
    write(
      '.gemini/settings.json',
      '{ // mine\n "security": { "auth": { "selectedType": "oauth-personal" } },\n}',
    )
    expect(await probe()).toMatchObject(no)
    write('.gemini/oauth_creds.json', '{}')
    expect(await probe()).toEqual(yes)
  })

  it('is available with what the system’s settings choose', async () => {
    write('system.json', '{"security":{"auth":{"selectedType":"compute-default-credentials"}}}')
    expect(await probe()).toEqual(yes)
  })
})
