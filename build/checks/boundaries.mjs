// The gate on imports: dependency-cruiser, and that it really looked (with a compiler it does not know
// it reads nothing and reports success).
import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { capture } from '../child.mjs'
import { nodeBinary } from '../install.mjs'

const home = fileURLToPath(new URL('../..', import.meta.url))
const FOLDERS = /^(src-[a-z]+|e2e|build)$/

/**
 * @param {string} root the tree to look at; the rules are those of this checkout
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export async function boundaries(root) {
  const folders = readdirSync(root).filter((name) => FOLDERS.test(name))
  const { ok, output } = await capture(
    // Not the Node that runs this: the first `npm test` begins on the machine's own, which may be too old.
    nodeBinary(home),
    [
      join(home, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
      '--config',
      join(home, 'build/checks/dependency-cruiser.cjs'),
      '--output-type',
      'json',
      ...folders,
    ],
    { cwd: root },
  )
  const report = parse(output)
  if (!report) return { ok: false, output }
  const seen = new Set(report.modules.map(({ source }) => source))
  const missed = folders
    .flatMap((folder) => sourcesBelow(root, folder))
    .filter((file) => !seen.has(file))
  const lines = [
    ...report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    ...missed.map((file) => `${file}: was not looked at`),
  ]
  return { ok: (ok || lines.length > 0) && lines.length === 0, output: lines.join('\n') }
}

/**
 * @param {string} output
 * @returns {{modules: {source: string}[], summary: {violations: {rule: {name: string}, from: string, to: string}[]}} | undefined}
 */
function parse(output) {
  try {
    return JSON.parse(output)
  } catch {
    // It failed before it could report; its own words are shown instead.
    return undefined
  }
}

function sourcesBelow(/** @type {string} */ root, /** @type {string} */ folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts'),
    )
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/node_modules/'))
}
