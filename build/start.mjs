// `npm start`: makes the checkout ready, then hands over to the desktop app or to a command.

import { callerEnvironment, callerFolder } from './caller.mjs'
import { handOver, say } from './child.mjs'
import { electronBinary } from './install.mjs'
import { headless, node, root, setUp } from './setup.mjs'

// Electron that dies sooner than this never showed a window.
const STARTED_MS = 10_000

try {
  await setUp()
  process.exitCode = await start(process.argv.slice(2))
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

/** Where and with what a command runs: as the user would have started it, plus the runtime's place. */
function surroundings() {
  // It talks to this machine alone: a proxy would be told its tokens.
  const { NODE_USE_ENV_PROXY: _proxy, ...rest } = callerEnvironment(process.env, root)
  const env = { ...rest, THALOGOS_NODE: node }
  return { cwd: callerFolder(process.env, root), env }
}

async function start(/** @type {string[]} */ args) {
  const attach = args[0]?.startsWith('--attach') ?? false
  if (args.length > 0 && !attach) return run(args)
  const reason = await openDesktop(args)
  if (reason === undefined) return 0
  if (attach) {
    say(`no window: ${reason}; open that address in a browser instead`)
    return 1
  }
  say(`no window: ${reason}; serving the interface for a browser instead`)
  return run(['serve', '--reuse'])
}

async function run(/** @type {string[]} */ args) {
  const { code } = await handOver(node, ['--enable-source-maps', headless, ...args], {
    channel: true,
    ...surroundings(),
  })
  return code
}

/** @returns {Promise<string | undefined>} nothing when it was open and was closed, else why it is not to be had */
async function openDesktop(/** @type {string[]} */ args) {
  const obstacle = noDisplay()
  if (obstacle) return obstacle
  const binary = await electronBinary(root)
  if (!binary) return 'Electron could not be fetched'
  const { code, ms } = await handOver(binary, [root, ...args], {
    channel: false,
    ...surroundings(),
  })
  return code !== 0 && ms < STARTED_MS ? `Electron ended at once with ${code}` : undefined
}

function noDisplay() {
  if (process.platform !== 'linux') return undefined
  if (process.getuid?.() === 0) return 'Electron does not run as root'
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display'
  return undefined
}
