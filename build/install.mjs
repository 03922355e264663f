// Dependencies: whether what is installed is what the lockfile says, and making it so.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { capture, say, step, tail } from './child.mjs'

// A download that makes no progress must not hold the start for ever; a slow line gets its chance.
const DOWNLOAD_MS = 300_000
const EXE = process.platform === 'win32' ? '.exe' : ''

/** The Node that everything runs on: the one from the `node` package. */
export const nodeBinary = (/** @type {string} */ root) =>
  join(root, 'node_modules/node/bin', `node${EXE}`)

/**
 * True when node_modules holds what the lockfile names (npm notes at the end of each install what it
 * put there) and the runtime can be started.
 * @param {string} root
 */
export function isInstalled(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(root, 'node_modules/.package-lock.json'))
  if (!wanted || !present || !existsSync(nodeBinary(root))) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = present[path]
    // Optional packages are for other platforms when they are missing.
    if (!found) return entry.optional === true
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

/**
 * @param {string} path
 * @returns {Record<string, {version?: string, integrity?: string, optional?: boolean}> | undefined}
 */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    // Missing or cut off: not installed, which is the answer.
    return undefined
  }
}

/**
 * `npm ci` without install scripts, then the one script that is needed.
 * @param {string} root
 */
export async function install(root) {
  const { npm, first } = npmCommand()
  const ci = await step(
    'installing dependencies (npm ci)',
    [npm, ...first, 'ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'],
    { cwd: root, shell: process.platform === 'win32' && first.length === 0 },
  )
  if (!ci.ok) throw new Error(`npm ci failed:\n${tail(ci.output)}`)
  if (!existsSync(nodeBinary(root))) await installNode(root)
}

async function installNode(/** @type {string} */ root) {
  const cwd = join(root, 'node_modules/node')
  const { output } = await step(
    'fetching the runtime (Node 24)',
    [process.execPath, 'installArchSpecificPackage.js'],
    { cwd, env: plainEnvironment() },
  )
  if (!existsSync(nodeBinary(root))) {
    throw new Error(`the runtime could not be installed:\n${tail(output)}`)
  }
}

/** Without the settings that `npm start` hands down: they speak of this package, not of that one. */
function plainEnvironment() {
  const own =
    /^npm_(package_|lifecycle_|command$|config_(local_prefix|prefix|global|ignore_scripts|global_prefix)$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}

/** The npm that started us, else the one on PATH. */
function npmCommand() {
  const script = process.env['npm_execpath']
  if (script && basename(script).startsWith('npm') && existsSync(script)) {
    const node = process.env['npm_node_execpath']
    return { npm: node && existsSync(node) ? node : process.execPath, first: [script] }
  }
  return { npm: 'npm', first: [] }
}

/**
 * The embedded git, tried once for each version of it: without it the system's git serves.
 * @param {string} root
 */
export async function fetchEmbeddedGit(root) {
  const home = join(root, 'node_modules/dugite')
  if (existsSync(join(home, 'git')) || process.env['LOCAL_GIT_DIRECTORY']) return
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const tried = join(root, '.cache', `embedded-git-${version}.tried`)
  if (existsSync(tried)) return
  const result = await capture(nodeBinary(root), ['script/download-git.js'], {
    cwd: home,
    timeoutMs: DOWNLOAD_MS,
  })
  mkdirSync(join(root, '.cache'), { recursive: true })
  writeFileSync(tried, result.output)
  say(
    result.ok
      ? 'embedded git fetched'
      : `the embedded git could not be fetched; the git of the system serves (delete ${tried} to try again)`,
  )
}

/**
 * Electron's binary: fetched only when a window is wanted.
 * @param {string} root
 * @returns {Promise<string | undefined>} its path, or nothing when it cannot be had
 */
export async function electronBinary(root) {
  const home = join(root, 'node_modules/electron')
  const find = () => {
    const note = join(home, 'path.txt')
    const path = existsSync(note) ? join(home, 'dist', readFileSync(note, 'utf8').trim()) : ''
    return path && existsSync(path) ? path : undefined
  }
  if (find()) return find()
  await step('fetching Electron', [nodeBinary(root), 'install.js'], {
    cwd: home,
    timeoutMs: DOWNLOAD_MS,
  })
  return find()
}
