import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const PAGE = fileURLToPath(new URL('../out/renderer', import.meta.url))
// What a slow tunnel brings in about a second; terminals and syntax colours come after.
const MAX_BYTES = 600_000

/** The scripts that the page needs before it shows anything: those it names, and what they import, to the end. */
function firstScripts(): Set<string> {
  const html = readFileSync(join(PAGE, 'index.html'), 'utf8')
  const found = new Set<string>()
  const waiting = [...html.matchAll(/(?:src|href)="\.?\/([^"]+\.js)"/g)].map(
    ([, path = '']) => path,
  )
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue
    found.add(path)
    const code = readFileSync(join(PAGE, path), 'utf8')
    const imports = code.matchAll(/(?:\bimport|\bfrom)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)
    for (const [, name = ''] of imports) waiting.push(`assets/${name}`)
  }
  return found
}

it('loads less than 600 KB of script, compressed, before the page shows', () => {
  const scripts = [...firstScripts()]
  expect(scripts.length).toBeGreaterThan(0)
  const sizes = scripts.map((path) => gzipSync(readFileSync(join(PAGE, path))).length)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  expect(total).toBeGreaterThan(50_000)
  expect(total).toBeLessThan(MAX_BYTES)
})
