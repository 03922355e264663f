// `npm run check`: every gate of the house style, zero warnings.

import { boundaries } from './checks/boundaries.mjs'
import { layout } from './checks/layout.mjs'
import { lockfile } from './checks/lockfile.mjs'
import { capture, tail } from './child.mjs'
import { node, root, setUp } from './setup.mjs'

/** @typedef {{name: string, ok: boolean, output: string}} GateResult */

const tool = (/** @type {string} */ path, /** @type {string[]} */ args) => () =>
  capture(node, [`${root}/node_modules/${path}`, ...args], { cwd: root })

/** @type {[string, () => Promise<{ok: boolean, output: string}>][]} */
const gates = [
  ['layout', () => layout(root)],
  ['lockfile', () => lockfile(root)],
  [
    'format and lint (biome)',
    tool('@biomejs/biome/bin/biome', [
      'ci',
      '--colors=off',
      '--error-on-warnings',
      '--max-diagnostics=100',
      '.',
    ]),
  ],
  ['types (tsc)', tool('typescript/bin/tsc', ['-b', '--pretty', 'false'])],
  ['boundaries (dependency-cruiser)', () => boundaries(root)],
  [
    'dead code (knip)',
    tool('knip/bin/knip.js', ['--config', 'build/checks/knip.json', '--no-progress']),
  ],
]

/** Runs all gates, says each result, returns them. */
export async function runGates() {
  /** @type {GateResult[]} */
  const results = []
  for (const [name, gate] of gates) {
    const started = Date.now()
    const { ok, output } = await gate()
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    process.stdout.write(
      `${ok ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n${ok ? '' : `${tail(output)}\n`}`,
    )
    results.push({ name, ok, output })
  }
  return results
}

if (process.argv[1] === import.meta.filename) {
  await setUp()
  const failed = (await runGates()).filter(({ ok }) => !ok)
  process.exitCode = failed.length > 0 ? 1 : 0
}
