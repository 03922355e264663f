// `npm run bench [-- ID…]`: every measure in sequence, a table, exit code 1 when a target is missed.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { say } from '../child.mjs'
import { node, root, setUp } from '../setup.mjs'
import { summarise } from './summary.mjs'

const COLUMNS = /** @type {const} */ (['id', 'name', 'ratio', 'spread', 'target', 'result'])

/** @typedef {Record<typeof COLUMNS[number], string> & {ok: boolean}} Row */

/**
 * In a process of its own: what one measure leaves in memory must not weigh on the next.
 * @param {string[]} args
 * @returns {Promise<import('./summary.mjs').Measured | undefined>}
 */
function measure(...args) {
  return new Promise((resolve) => {
    const child = spawn(node, [join(root, 'build/bench/measure.mjs'), ...args], {
      cwd: root,
      stdio: ['ignore', 2, 2, 'pipe'],
    })
    let text = ''
    child.stdio[3]?.on('data', (chunk) => {
      text += chunk
    })
    child.on('error', () => resolve(undefined))
    child.on('close', (code) => resolve(code === 0 && text ? JSON.parse(text) : undefined))
  })
}

async function main(/** @type {string[]} */ ids) {
  await setUp()
  const files = await chosen(ids)
  /** @type {Row[]} */
  const rows = []
  for (const file of files) {
    say(`measuring ${basename(file)}`)
    rows.push(toRow(file, await measure(file)))
  }
  print(rows)
  return rows.every(({ ok }) => ok) ? 0 : 1
}

/** The files of the measures named by id; all without a name. */
async function chosen(/** @type {string[]} */ ids) {
  const folder = join(root, 'build/bench')
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.bench.ts'))
    .sort()
    .map((name) => join(folder, name))
  if (ids.length === 0) return files
  const described = await Promise.all(
    files.map(async (file) => ({ file, id: (await measure(file, '--describe'))?.id })),
  )
  const unknown = ids.filter((id) => !described.some((one) => one.id === id))
  if (unknown.length > 0) {
    throw new Error(
      `no measure is called ${unknown.join(', ')}; there are: ${described.map(({ id }) => id).join(', ')}`,
    )
  }
  return described.filter(({ id }) => id !== undefined && ids.includes(id)).map(({ file }) => file)
}

/**
 * @param {string} file
 * @param {import('./summary.mjs').Measured | undefined} measured
 * @returns {Row}
 */
function toRow(file, measured) {
  if (!measured) {
    return {
      id: '?',
      name: basename(file),
      ratio: '-',
      spread: '-',
      target: '-',
      result: 'FAILED',
      ok: false,
    }
  }
  const { extra, ...row } = summarise(measured)
  return { ...row, result: `${row.ok ? 'ok' : 'MISS'}${extra ? `  ${extra}` : ''}` }
}

function print(/** @type {Row[]} */ rows) {
  const head = Object.fromEntries(COLUMNS.map((column) => [column, column]))
  const widths = COLUMNS.map((column) =>
    Math.max(column.length, ...rows.map((row) => row[column].length)),
  )
  for (const row of [head, ...rows]) {
    const cells = COLUMNS.map((column, at) => (row[column] ?? '').padEnd(widths[at] ?? 0))
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`)
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
