// `npm run e2e`: the stories of users, in Chromium and in Electron. Arguments go to Playwright.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { say } from './child.mjs'
import { node, root, setUp } from './setup.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

/**
 * @param {string[]} args of `playwright test`
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} its exit code
 */
export function tellStories(args, env = process.env) {
  const script = join(root, 'node_modules/@playwright/test/cli.js')
  return new Promise((resolve) => {
    spawn(node, [script, 'test', ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
      .on('error', () => resolve(1))
      .on('exit', (code) => resolve(code ?? 1))
  })
}

/** Has the system's packages installed where that can be done, else names the line. */
export function prepareSystem() {
  ensureSystemPackages(
    (command, args) =>
      spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0,
  )
}

if (process.argv[1] === import.meta.filename) {
  try {
    prepareSystem()
    await setUp()
    process.exitCode = await tellStories(process.argv.slice(2))
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
