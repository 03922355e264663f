// Set-up shared by `npm start` and `npm test`: installs when needed, builds when sources changed.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { say, step, tail } from './child.mjs'
import { fetchEmbeddedGit, install, isInstalled, nodeBinary } from './install.mjs'
import { withLock } from './lock.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '')
export const node = nodeBinary(root)
/** The bundle that holds every command. */
export const headless = join(root, 'out/main/headless.cjs')

const OUTPUTS = [
  'out/main/headless.cjs',
  'out/desktop/main.cjs',
  'out/desktop/preload.cjs',
  'out/renderer/index.html',
  'out/renderer/splash.html',
]
const SOURCES = ['src-main', 'src-preload', 'src-renderer', 'src-shared']
const FILES = ['electron.vite.config.ts', 'package-lock.json']

/** Makes the checkout ready to run. Never asks, never needs rights beyond the folder. */
export async function setUp() {
  if (isReady()) return
  await withLock(
    join(root, '.cache/setup.lock'),
    async () => {
      if (!isInstalled(root)) await install(root)
      await fetchEmbeddedGit(root)
      await build()
    },
    () => say('another start is preparing this folder; waiting for it'),
  )
}

const isReady = () =>
  isInstalled(root) && existsSync(join(root, '.cache')) && isBuilt(sourcesHash())

const stampPath = join(root, '.cache/build.stamp')

function isBuilt(/** @type {string} */ hash) {
  return (
    OUTPUTS.every((path) => existsSync(join(root, path))) &&
    existsSync(stampPath) &&
    readFileSync(stampPath, 'utf8') === hash
  )
}

async function build() {
  const hash = sourcesHash()
  if (isBuilt(hash)) return
  const script = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
  const result = await step('building', [node, script, 'build'], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  })
  if (!result.ok) throw new Error(`the build failed:\n${tail(result.output)}`)
  mkdirSync(join(root, '.cache'), { recursive: true })
  writeFileSync(stampPath, hash)
}

/** By content: a checkout or an archive gives files new times, not new content. */
function sourcesHash() {
  const hash = createHash('sha256')
  const files = [
    ...SOURCES.flatMap((folder) => filesBelow(join(root, folder))),
    ...FILES.map((file) => join(root, file)),
  ]
  for (const file of files.sort()) {
    hash.update(`${relative(root, file)}\0`)
    hash.update(readFileSync(file))
    hash.update('\0')
  }
  return hash.digest('hex')
}

/** Sources that reach a bundle: no tests. */
function filesBelow(/** @type {string} */ folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}
