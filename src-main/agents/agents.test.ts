import { describe, expect, it } from 'vitest'
import { agentSchema, configSchema } from '../../src-shared/contract/index.ts'
import { silentLog } from '../base/index.ts'
import { createAgents } from './agents.ts'
import { allowedAgents } from './allowed-agents.ts'

const env = { PATH: '/usr/bin:/bin', HOME: '/nowhere' }
const OFF = {
  codex: { enabled: false },
  claude: { enabled: false },
  gemini: { enabled: false },
}
const build = (agents: object, inherited: Record<string, string> = env) =>
  createAgents({
    config: configSchema.parse({ agents }),
    resourcesDir: '/resources',
    log: silentLog,
    env: inherited,
  })

describe('the agents of a configuration', () => {
  it('are the built-in ones alone without one', async () => {
    const command = 'no-such-command'
    const agents = { codex: { command }, claude: { command }, gemini: { command } }
    const listed = (await build(agents).list()).filter(({ onRequest }) => !onRequest)
    expect(listed.map((agent) => [agent.id, agent.reason?.code])).toEqual([
      ['codex', 'command_missing'],
      ['claude', 'command_missing'],
      ['gemini', 'command_missing'],
    ])
    for (const id of Object.keys(agents)) expect(build({}).adapter(id)).toBeDefined()
  })

  it('are rehearsals, custom commands, and names that mean nothing', async () => {
    const agents = build({
      ...OFF,
      'rehearsal-ada': { maxConcurrent: 3 },
      own: { command: 'sh', model: 'm' },
      gone: { command: '/no/such/command' },
      nonsense: {},
    })
    const listed = await agents.list()
    const own = listed.filter(({ onRequest }) => !onRequest)
    expect(
      own.map(({ id, name, available, reason }) => [id, name, available, reason?.code]),
    ).toEqual([
      ['codex', 'Codex', false, 'agent_unavailable'],
      ['claude', 'Claude Code', false, 'agent_unavailable'],
      ['gemini', 'Gemini', false, 'agent_unavailable'],
      ['rehearsal-ada', 'Rehearsal ada', true, undefined],
      ['own', 'own', true, undefined],
      ['gone', 'gone', false, 'command_missing'],
      ['nonsense', 'nonsense', false, 'agent_unknown'],
    ])
    for (const agent of listed) expect(agentSchema.strict().parse(agent)).toEqual(agent)
    expect(listed[3]?.limits.maxConcurrent).toBe(3)
    expect(agents.adapter('nonsense')).toBeUndefined()
    expect(agents.settings('own').model).toBe('m')
  })

  it('have the cast of the rehearsal beside them, which works only where it is named', async () => {
    const listed = await build(OFF).list()
    const cast = listed.filter(({ onRequest }) => onRequest)
    expect(cast.map(({ id, available }) => [id, available])).toEqual([
      ['rehearsal-amber', true],
      ['rehearsal-teal', true],
      ['rehearsal-violet', true],
    ])
    expect(allowedAgents([], listed)).toEqual(listed.filter((agent) => !cast.includes(agent)))
    expect(allowedAgents(['rehearsal-teal'], listed)).toEqual([cast[1]])
    const configured = await build({ ...OFF, 'rehearsal-teal': {} }).list()
    expect(allowedAgents([], configured).map(({ id }) => id)).toContain('rehearsal-teal')
  })

  it('are looked for once, and again when asked', async () => {
    const agents = build(OFF)
    expect(await agents.list()).toBe(await agents.list())
    expect(await agents.list({ refresh: true })).not.toBe(await agents.list({ refresh: true }))
  })

  it('say where they are and what they are started with, without the value of any variable', async () => {
    const agents = createAgents({
      config: configSchema.parse({
        agents: {
          own: { command: 'sh', args: ['-c', 'x', '{promptFile}'], env: { KEY: 'secret-value' } },
          gone: { command: 'no-such-command' },
          ...OFF,
        },
      }),
      resourcesDir: '/resources',
      log: silentLog,
      env: { ...env, CODEX_HOME: 'secret-folder' },
    })
    const listed = await agents.list()
    const [codex, own, gone] = ['codex', 'own', 'gone'].map((id) =>
      listed.find((agent) => agent.id === id),
    )
    expect(own?.path).toMatch(/^\/(usr\/)?bin\/sh$/)
    expect(own?.passes.args).toEqual(['-c', 'x', '<run>/prompt'])
    expect(own?.passes.env).toEqual(['HOME', 'KEY', 'PATH', 'TERM', 'THALOGOS_RUN'])
    expect(gone?.path).toBeUndefined()
    expect(codex?.passes.env).toContain('THALOGOS_RUN_TOKEN')
    expect(codex?.passes.env).toContain('CODEX_HOME')
    expect(JSON.stringify(listed)).not.toContain('secret-')
  })

  it('inherit the common variables, their own keys and their settings, and nothing else', () => {
    const agents = createAgents({
      config: configSchema.parse({
        agents: { codex: { env: { LANG: 'C', MORE: '1' } }, own: { command: 'x' } },
      }),
      resourcesDir: '/resources',
      log: silentLog,
      env: {
        ...{ PATH: '/bin', LANG: 'de_DE', LC_ALL: 'C', https_proxy: 'p', SSL_CERT_FILE: 'c' },
        ...{ OPENAI_API_KEY: 'k', CODEX_HOME: 'h' },
        ...{
          GITHUB_TOKEN: 't',
          NODE_OPTIONS: 'n',
          THALOGOS_TOKEN: 'x',
          LD_PRELOAD: 'l',
          GIT_DIR: 'g',
        },
      },
    })
    const common = {
      PATH: '/bin',
      LANG: 'de_DE',
      LC_ALL: 'C',
      https_proxy: 'p',
      SSL_CERT_FILE: 'c',
    }
    expect(agents.environment('own')).toEqual(common)
    expect(agents.environment('codex')).toEqual({
      ...common,
      ...{ OPENAI_API_KEY: 'k', CODEX_HOME: 'h', LANG: 'C', MORE: '1' },
    })
  })

  it('inherit the keys of another service only where it is switched on', () => {
    const given = {
      ...{ ANTHROPIC_API_KEY: 'k', CLAUDE_CONFIG_DIR: '/c', CLAUDE_CODE_SESSION_ID: 's' },
      ...{ AWS_SECRET_ACCESS_KEY: 'a', GOOGLE_APPLICATION_CREDENTIALS: 'g' },
    }
    const names = (own: Record<string, string>) =>
      Object.keys(build({ claude: { env: own } }, given).environment('claude')).sort()
    const always = ['ANTHROPIC_API_KEY', 'CLAUDE_CONFIG_DIR']
    expect(names({ CLAUDE_CODE_USE_VERTEX: '0' })).toEqual(
      [...always, 'CLAUDE_CODE_USE_VERTEX'].sort(),
    )
    expect(names({ CLAUDE_CODE_USE_BEDROCK: '1' })).toEqual(
      [...always, 'AWS_SECRET_ACCESS_KEY', 'CLAUDE_CODE_USE_BEDROCK'].sort(),
    )
  })
})
