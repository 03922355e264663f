// What the tests need from the system, and how it gets there: by apt as root, else by the one line named.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { say } from './child.mjs'

/** Debian packages by any of the commands that show they are there. */
const COMMANDS = [{ commands: ['git'], package: 'git' }]

/** The window's: a browser, and a screen that nobody sits at. */
const LINUX_COMMANDS = [
  ...COMMANDS,
  {
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    package: 'chromium',
  },
  { commands: ['Xvfb'], package: 'xvfb' },
  { commands: ['xauth'], package: 'xauth' },
]

/** What Electron is linked with: Debian packages by the library that shows they are there. */
const LINUX_LIBRARIES = [
  { library: 'libgtk-3.so.0', package: 'libgtk-3-0' },
  { library: 'libnss3.so', package: 'libnss3' },
  { library: 'libasound.so.2', package: 'libasound2' },
  { library: 'libgbm.so.1', package: 'libgbm1' },
  { library: 'libnotify.so.4', package: 'libnotify4' },
  { library: 'libsecret-1.so.0', package: 'libsecret-1-0' },
]

/**
 * Installs what is missing as root on Debian or Ubuntu; elsewhere says what to install and fails.
 * @param {(command: string, args: string[]) => boolean} run
 * @param {{has(command: string): boolean, hasLibrary(name: string): boolean, isRoot: boolean, platform: NodeJS.Platform}} [machine]
 */
export function ensureSystemPackages(run, machine = thisMachine()) {
  const missing = missingPackages(machine)
  if (missing.length === 0) return
  if (!machine.has('apt-get')) throw new Error(`install first: ${missing.join(' ')}`)
  if (!machine.isRoot) throw new Error(`install first: apt-get install ${missing.join(' ')}`)
  say(`installing ${missing.join(' ')}`)
  const done =
    run('apt-get', ['update']) &&
    run('apt-get', ['install', '-y', '--no-install-recommends', ...missing])
  if (!done) throw new Error(`could not be installed: apt-get install ${missing.join(' ')}`)
}

/** @param {{has(command: string): boolean, hasLibrary(name: string): boolean, platform: NodeJS.Platform}} machine */
function missingPackages({ has, hasLibrary, platform }) {
  const linux = platform === 'linux'
  return [
    ...(linux ? LINUX_COMMANDS : COMMANDS).filter(({ commands }) => !commands.some(has)),
    ...(linux ? LINUX_LIBRARIES : []).filter(({ library }) => !hasLibrary(library)),
  ].map((need) => need.package)
}

function thisMachine() {
  const { platform } = process
  /** @type {string | undefined} */
  let libraries
  return {
    has: onPath,
    hasLibrary(/** @type {string} */ name) {
      libraries ??= knownLibraries()
      return libraries.includes(`${name} `)
    },
    isRoot: process.getuid?.() === 0,
    platform,
  }
}

/** What the dynamic linker knows; its command is not on everybody's path. */
function knownLibraries() {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/sbin:/usr/sbin` }
  return spawnSync('ldconfig', ['-p'], { env, encoding: 'utf8' }).stdout ?? ''
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
