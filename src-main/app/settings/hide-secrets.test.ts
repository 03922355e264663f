import { expect, it } from 'vitest'
import { configSchema } from '../../../src-shared/contract/index.ts'
import { createRedactor } from '../../base/index.ts'
import { hideSecrets } from './hide-secrets.ts'

it('hides what agents are given and variables whose names say so, and nothing else', () => {
  const redactor = createRedactor()
  hideSecrets(redactor, {
    config: configSchema.parse({ agents: { codex: { env: { ENDPOINT: 'https://me:pw@host' } } } }),
    env: { GH_TOKEN: 'ghp_0123456789', LANG: 'C.UTF-8-long', EMPTY_KEY: undefined },
  })
  expect(redactor.redact('https://me:pw@host ghp_0123456789 C.UTF-8-long')).toBe(
    '[redacted ENDPOINT] [redacted GH_TOKEN] C.UTF-8-long',
  )
})
