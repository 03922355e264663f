// What the tests need from the system, and how it gets there: by apt as root, else by the one line named.
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { say } from './child.mjs'

/** Debian packages by the command that shows they are there. */
const NEEDED = [{ command: 'git', package: 'git' }]

/**
 * Installs what is missing as root on Debian or Ubuntu; elsewhere says what to install and fails.
 * @param {(command: string, args: string[]) => boolean} run
 * @param {{has(command: string): boolean, isRoot: boolean}} [machine]
 */
export function ensureSystemPackages(
  run,
  machine = { has: onPath, isRoot: process.getuid?.() === 0 },
) {
  const missing = NEEDED.filter(({ command }) => !machine.has(command)).map((need) => need.package)
  if (missing.length === 0) return
  if (!machine.has('apt-get')) throw new Error(`install first: ${missing.join(' ')}`)
  if (!machine.isRoot) throw new Error(`install first: apt-get install ${missing.join(' ')}`)
  say(`installing ${missing.join(' ')}`)
  const done =
    run('apt-get', ['update']) &&
    run('apt-get', ['install', '-y', '--no-install-recommends', ...missing])
  if (!done) throw new Error(`could not be installed: apt-get install ${missing.join(' ')}`)
}

function onPath(/** @type {string} */ command) {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    const path = join(folder, command)
    try {
      if (!existsSync(path)) return false
      accessSync(path, constants.X_OK)
      return true
    } catch {
      // There, but not for us to run: as good as missing.
      return false
    }
  })
}
