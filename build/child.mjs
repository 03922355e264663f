// Child processes of the bootstrap: quiet steps with progress, and the command that is handed over to.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

// Long enough not to be chatty, short enough that nobody thinks it hangs.
const PROGRESS_MS = 10_000
// What a failed step shows: the end of its output is where the reason stands.
const TAIL = 8_000
// npm passes a Ctrl-C on as well, so the same one arrives twice within moments. People are slower.
const SAME_SIGNAL_MS = 250
// How long the program outlives npm at most; a look costs nothing.
const PARENT_MS = 1_000

/** Everything the bootstrap says goes to stderr: stdout belongs to the command it starts. */
export const say = (/** @type {string} */ text) => process.stderr.write(`thalogos: ${text}\n`)

/**
 * Runs a step to its end, without its output unless it fails.
 * @param {string} label
 * @param {[string, ...string[]]} commandLine
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean, timeoutMs?: number}} [options]
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export async function step(label, [command, ...args], options = {}) {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  say(`${label} …`)
  const timer = setInterval(() => say(`${label} … ${seconds()} s`), PROGRESS_MS)
  const result = await capture(command, args, options)
  clearInterval(timer)
  say(`${label}: ${result.ok ? 'done' : 'failed'} after ${seconds()} s`)
  return result
}

/**
 * Runs a command and collects what it prints.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean, timeoutMs?: number}} [options]
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export function capture(command, args, { timeoutMs, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    /** @type {Buffer[]} */
    const chunks = []
    const limit = timeoutMs === undefined ? undefined : setTimeout(() => child.kill(), timeoutMs)
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    const end = (/** @type {boolean} */ ok, more = '') => {
      clearTimeout(limit)
      resolve({ ok, output: Buffer.concat(chunks).toString('utf8') + more })
    }
    child.on('error', (error) => end(false, error.message))
    child.on('close', (code) => end(code === 0))
  })
}

/** The last part of an output, indented, for an error message. */
export const tail = (/** @type {string} */ output) =>
  output.trim().slice(-TAIL).replace(/^/gm, '    ')

/**
 * Becomes the command as far as a parent can: its stdin, stdout and stderr, its signals, its exit code.
 * The child leads a process group of its own, so that a Ctrl-C reaches it from here, once, and not from
 * the terminal and from npm as well. The channel tells it when this process is gone.
 * @param {string} command
 * @param {string[]} args
 * @param {{channel: boolean, cwd: string, env: NodeJS.ProcessEnv}} options
 * @returns {Promise<{code: number, ms: number}>}
 */
export function handOver(command, args, { channel, ...options }) {
  const started = Date.now()
  const own = process.platform !== 'win32'
  const child = spawn(command, args, {
    stdio: channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    detached: own,
    ...options,
  })
  const release = own ? forwardSignals(child) : ignoreInterrupt()
  const watch = watchNpm(() => child.kill('SIGTERM'))
  return new Promise((resolve) => {
    child.on('error', (error) => {
      say(`cannot start ${command}: ${error.message}`)
      release()
      clearInterval(watch)
      resolve({ code: 1, ms: Date.now() - started })
    })
    child.on('exit', (code, signal) => {
      release()
      clearInterval(watch)
      const number = signal ? 128 + (constants.signals[signal] ?? 0) : 1
      resolve({ code: code ?? number, ms: Date.now() - started })
    })
  })
}

/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  /** @type {Map<NodeJS.Signals, number>} */
  const last = new Map()
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    const now = Date.now()
    if (now - (last.get(signal) ?? 0) < SAME_SIGNAL_MS) return
    last.set(signal, now)
    child.kill(signal)
  }
  /** @type {NodeJS.Signals[]} */
  const passed = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGWINCH']
  for (const signal of passed) process.on(signal, forward)
  // The child is in no group that the terminal could stop, so it is stopped from here.
  const suspend = () => {
    child.kill('SIGSTOP')
    process.kill(process.pid, 'SIGSTOP')
  }
  const resume = () => child.kill('SIGCONT')
  process.on('SIGTSTP', suspend)
  process.on('SIGCONT', resume)
  return () => {
    for (const signal of passed) process.off(signal, forward)
    process.off('SIGTSTP', suspend)
    process.off('SIGCONT', resume)
  }
}

/**
 * npm that is killed leaves its script running; then nobody is left who could be asked to stop it. A
 * shell that started this itself may go: that is how a command is put into the background.
 */
function watchNpm(/** @type {() => void} */ stop) {
  if (process.env['npm_lifecycle_event'] === undefined) return undefined
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, PARENT_MS)
  return timer
}

/** Windows sends Ctrl-C to the whole console; this process only has to outlive it. */
function ignoreInterrupt() {
  const ignore = () => undefined
  process.on('SIGINT', ignore)
  return () => process.off('SIGINT', ignore)
}
