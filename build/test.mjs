// `npm test`: set-up for and all of the gates, unit, integration and end-to-end tests. The last line
// adds them up.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runGates } from './check.mjs'
import { say } from './child.mjs'
import { prepareSystem, tellStories } from './e2e.mjs'
import { node, root, setUp } from './setup.mjs'

/** @typedef {{passed: number, failed: number, skipped: number}} Count */

const reports = join(root, '.cache/test')

/** @returns {Promise<Count>} */
async function gates() {
  const results = await runGates()
  const passed = results.filter(({ ok }) => ok).length
  return { passed, failed: results.length - passed, skipped: 0 }
}

/**
 * One project of vitest.config.ts.
 * @param {string} project
 * @returns {Promise<Count>}
 */
async function suite(project) {
  process.stdout.write(`\n${project} tests\n`)
  const report = join(reports, `${project}.json`)
  rmSync(report, { force: true })
  const code = await new Promise((resolve) => {
    const args = [
      'run',
      '--project',
      project,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]
    spawn(node, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
      .on('error', () => resolve(1))
      .on('exit', (exitCode) => resolve(exitCode ?? 1))
  })
  const counted = count(report)
  // A suite that failed outside its tests (a file that does not load, a crash) failed as well.
  return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted
}

/** @returns {Count} */
function count(/** @type {string} */ report) {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 }
  const {
    numPassedTests,
    numFailedTests,
    numPendingTests,
    numTodoTests = 0,
  } = JSON.parse(readFileSync(report, 'utf8'))
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
}

/**
 * What users do, in Chromium and in Electron (playwright.config.ts).
 * @returns {Promise<Count>}
 */
async function stories() {
  process.stdout.write('\nstories\n')
  const report = join(reports, 'stories.json')
  rmSync(report, { force: true })
  const code = await tellStories(['--reporter=list,json'], {
    ...process.env,
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  })
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = statsOf(report)
  const failed = unexpected + flaky
  return { passed: expected, failed: code !== 0 ? Math.max(failed, 1) : failed, skipped }
}

function statsOf(/** @type {string} */ report) {
  return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).stats : {}
}

async function main() {
  prepareSystem()
  await setUp()
  mkdirSync(reports, { recursive: true })
  // One after the other: they share the cores, and the tests measure time.
  const counts = [
    await gates(),
    await suite('unit'),
    await suite('dom'),
    await suite('e2e'),
    await stories(),
  ]
  const sum = (/** @type {keyof Count} */ key) => counts.reduce((total, one) => total + one[key], 0)
  process.stdout.write(
    `\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`,
  )
  return sum('failed') === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.stdout.write('0 passed, 1 failed, 0 skipped\n')
  process.exitCode = 1
}
