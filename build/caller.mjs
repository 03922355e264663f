// What of the caller's surroundings a command gets: theirs, without what npm put in front of it.
import { realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/**
 * npm puts this package's tools (and those of every folder above) and a folder of its own first on
 * PATH. Agents and checks work on the user's project: they must find the user's tools, not ours.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root of this package
 * @returns {NodeJS.ProcessEnv}
 */
export function callerEnvironment(env, root) {
  if (env['npm_lifecycle_event'] === undefined) return { ...env }
  const added = new Set(foldersAbove(root).map((folder) => join(folder, 'node_modules/.bin')))
  const path = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !added.has(folder) && !/[/\\]node-gyp-bin$/.test(folder))
  const kept = Object.entries(env).filter(([name]) => !/^(npm_.*|INIT_CWD|NODE|COLOR)$/i.test(name))
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) }
}

/**
 * The folder in which the user typed: `npm start` runs in the package's own, and names theirs.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root
 */
export function callerFolder(env, root) {
  const typedIn = env['INIT_CWD']
  // A variable left over from another package's script says nothing about this one.
  const isOurs = env['npm_package_json'] === join(root, 'package.json')
  return typedIn && isOurs ? typedIn : process.cwd()
}

function foldersAbove(/** @type {string} */ root) {
  const folders = []
  for (const start of new Set([root, realpathSync(root)])) {
    for (let folder = start; ; folder = dirname(folder)) {
      folders.push(folder)
      if (dirname(folder) === folder) break
    }
  }
  return folders
}
