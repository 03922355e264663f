import { describe, expect, it } from 'vitest'
import { attachedBy } from './attached.ts'

const TOKEN = { THALOGOS_TOKEN: 'secret' }

describe('attachedBy', () => {
  it('is nothing without the option, whatever the environment says', () => {
    expect(attachedBy(['electron', '.'], TOKEN)).toEqual({ ok: true, value: undefined })
  })

  it.each([[['--attach', 'http://127.0.0.1:4000/']], [['--attach=http://127.0.0.1:4000']]])(
    'takes the address of %j and the token of the environment',
    (args) => {
      const value = { url: 'http://127.0.0.1:4000', token: 'secret' }
      expect(attachedBy(['electron', '.', ...args], TOKEN)).toEqual({ ok: true, value })
    },
  )

  it.each([
    ['no address', ['--attach'], TOKEN],
    ['another machine', ['--attach', 'http://example.invalid:4000'], TOKEN],
    ['another protocol', ['--attach', 'file:///etc/passwd'], TOKEN],
    ['no token', ['--attach', 'http://localhost:4000'], {}],
    ['a token in the argument', ['--attach', 'http://localhost:4000/#token=secret'], TOKEN],
  ])('refuses %s, and says nothing of the token', (_, args, env) => {
    const refused = attachedBy(args, env)
    expect(refused).toMatchObject({ ok: false, error: { code: 'usage' } })
    expect(JSON.stringify(refused)).not.toContain('secret')
  })
})
