import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openGateway } from './fixture/open.ts'

const PAGE = '<!doctype html><meta name="style-nonce" content="%style-nonce%" />'

function pageFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'thalogos-page-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'index.html'), PAGE)
  writeFileSync(join(dir, 'page.js'), '"%style-nonce%"')
  return dir
}

it.each(['/', '/index.html'])(
  'gives each answer of %s a nonce of its own, for styles alone',
  async (path) => {
    const { send } = await openGateway({ pageDir: pageFolder() })
    const nonces = new Set<string>()
    for (const { text, headers } of [await send(path), await send(path)]) {
      const [, nonce = ''] = /content="([\w-]{22})"/.exec(text) ?? []
      const policy = headers['content-security-policy']
      expect(policy).toContain(`style-src 'self' 'nonce-${nonce}';`)
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toContain('unsafe')
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(2)
  },
)

it('writes a nonce into no other file', async () => {
  const { send } = await openGateway({ pageDir: pageFolder() })
  const { text, headers } = await send('/page.js')
  expect(text).toBe('"%style-nonce%"')
  expect(headers['content-security-policy']).not.toContain('nonce')
})
