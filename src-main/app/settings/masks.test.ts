import { describe, expect, it } from 'vitest'
import { configSchema } from '../../../src-shared/contract/index.ts'
import { MASK, maskConfig, unmaskConfig } from './masks.ts'

const config = (env: Record<string, string>, id = 'codex') =>
  configSchema.parse({ agents: { [id]: { env } } })
const env = { OPENAI_API_KEY: 'sk-0123456789', LANG: 'C.UTF-8' }

describe('a masked configuration', () => {
  it('shows everything but the values of variables whose names look secret', () => {
    const shown = maskConfig(config(env))
    expect(shown.agents['codex']?.env).toEqual({ OPENAI_API_KEY: MASK, LANG: 'C.UTF-8' })
    expect(JSON.stringify(shown)).not.toContain('sk-0')
    expect({ ...shown, agents: {} }).toEqual({ ...config(env), agents: {} })
  })

  it('comes back with its old values, and with those that were changed', () => {
    const sent = config({ OPENAI_API_KEY: MASK, LANG: 'de', NEW_TOKEN: 'given' })
    expect(unmaskConfig(sent, config(env))).toEqual({
      ok: true,
      value: config({ OPENAI_API_KEY: 'sk-0123456789', LANG: 'de', NEW_TOKEN: 'given' }),
    })
  })

  it('loses a variable that is not sent', () => {
    const sent = unmaskConfig(config({ LANG: 'C' }), config(env))
    expect(sent.ok && sent.value.agents['codex']?.env).toEqual({ LANG: 'C' })
  })

  it.each([
    ['of another agent', config({ OPENAI_API_KEY: MASK }, 'mine')],
    ['of a variable that had none', config({ OTHER_KEY: MASK })],
  ])('is refused with a mask %s', (_, sent) => {
    const refused = unmaskConfig(sent, config(env))
    expect(refused).toMatchObject({ ok: false, error: { code: 'request_invalid' } })
    expect(JSON.stringify(refused)).toMatch(/agents\.(mine|codex)\.env\.\w+_KEY/)
  })
})
