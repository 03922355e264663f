#!/usr/bin/env node
/**
 * Becomes the command it is given, having first closed everything that leaked into it.
 *
 *   node launcher.mjs [--cwd DIR] [--stdin FILE | --keep-stdin] [--stderr FILE] -- COMMAND [ARGUMENT…]
 *
 * - Descriptor 0 becomes FILE, stays what it is with `--keep-stdin`, else is the null device; 2 is
 *   appended to FILE when one is named; and on Linux everything above 2 that would be inherited is
 *   closed: node-pty leaks terminal masters into later children, and a command that held one could
 *   write into another's terminal.
 * - The environment handed on is exactly the caller's: each variable arrives as `THALOGOS_ENV_<NAME>`,
 *   so that NODE_OPTIONS and its like steer the command and never this program.
 * - What it becomes yields to the orchestrator and to the user's own programs: a lower priority.
 * - It replaces itself by `execve`, so exit status and signals are the command's own. Where Node has no
 *   `execve` (Windows) it runs the command as a child, forwards signals and repeats the exit code.
 * - What cannot be started is said in one line on descriptor 2, beginning `thalogos-launcher: `, with
 *   exit code 127 (not found), 126 (found, cannot be executed) or 125 (folder or file of ours unusable).
 *
 * Standard library only; nothing secret ever stands in its arguments.
 */
import { spawn } from 'node:child_process'
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { setPriority } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

const PREFIX = 'THALOGOS_ENV_'
// Half of what nice(1) can give: clearly behind what somebody waits for, never starved by it.
const NICE = 10
const WINDOWS = process.platform === 'win32'
// fcntl(2), as /proc/<pid>/fdinfo prints it: octal, O_CLOEXEC is 02000000.
const CLOSE_ON_EXEC = 0o2000000
// execve(2) reads at most this much of a file that begins with "#!".
const HEADER_BYTES = 256
// What a native executable begins with: ELF, and Mach-O (both widths, both orders, universal).
const NATIVE = ['7f454c46', 'cffaedfe', 'cefaedfe', 'feedfacf', 'feedface', 'cafebabe']

/** A start that failed: the exit code of this program and the line that says why. */
class StartError extends Error {
  /** @param {number} code @param {string} message */
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

/**
 * @param {string[]} argv
 * @returns {{options: Record<string, string>, command: string, args: string[]}}
 */
function readArguments(argv) {
  /** @type {Record<string, string>} */
  const options = {}
  let at = 0
  while (at < argv.length && argv[at] !== '--') {
    const name = argv[at] ?? ''
    if (name === '--keep-stdin') {
      options['keep-stdin'] = name
      at += 1
      continue
    }
    if (!['--cwd', '--stdin', '--stderr'].includes(name)) {
      throw new StartError(125, `unknown option ${name}`)
    }
    options[name.slice(2)] = argv[at + 1] ?? ''
    at += 2
  }
  const [command, ...args] = argv.slice(at + 1)
  if (!command) throw new StartError(125, 'no command was given')
  return { options, command, args }
}

/** @returns {Record<string, string>} */
function readEnvironment() {
  /** @type {Record<string, string>} */
  const env = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith(PREFIX)) env[name.slice(PREFIX.length)] = value ?? ''
  }
  return env
}

/**
 * Linux weighs whole sessions against each other before it looks at the processes in them (sched(7),
 * "autogroup"), so a command with a terminal of its own needs both. The priority of a session that it
 * does not lead is not its own to change.
 */
function yieldToOthers() {
  try {
    setPriority(NICE)
    if (process.platform !== 'linux') return
    const session = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)?.split(' ')[3]
    if (session === String(process.pid)) writeFileSync('/proc/self/autogroup', String(NICE))
  } catch {
    // Not every system allows it, and no kernel must have autogroups: then it competes as it is.
  }
}

/** Descriptors that node opened for itself close themselves; what leaked in lacks that flag. */
function closeLeaked() {
  if (process.platform !== 'linux') return
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name)
    if (descriptor > 2 && isInherited(descriptor)) closeSync(descriptor)
  }
}

/** @param {number} descriptor */
function isInherited(descriptor) {
  try {
    const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')
    const flags = /^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '0'
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0
  } catch (error) {
    // The descriptor of the listing itself is closed by now.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return false
    throw error
  }
}

/**
 * The lowest free number is given to what is opened next, so closing one and opening replaces it.
 * @param {number} descriptor @param {string} file @param {string} flags
 */
function replace(descriptor, file, flags) {
  const spare = openSync(file, flags, 0o600)
  closeSync(descriptor)
  const got = openSync(file, flags, 0o600)
  closeSync(spare)
  if (got !== descriptor) throw new StartError(125, `${file} became descriptor ${got}`)
}

/**
 * As execvp(3) looks a command up, over the PATH that the command itself will have.
 * @param {string} command @param {string | undefined} path
 */
function find(command, path) {
  const places = command.includes('/')
    ? [resolve(command)]
    : (path ?? '/usr/bin:/bin').split(delimiter).map((folder) => resolve(folder || '.', command))
  let denied = false
  for (const place of places) {
    try {
      accessSync(place, constants.X_OK)
      if (statSync(place).isFile()) return place
      denied = true
    } catch (error) {
      denied ||= /** @type {NodeJS.ErrnoException} */ (error).code === 'EACCES'
    }
  }
  if (denied) throw new StartError(126, `permission denied: ${command}`)
  throw new StartError(127, `command not found: ${command}`)
}

/**
 * A failing execve aborts Node, so what it would refuse is found out first: a script whose interpreter
 * is missing, and a script without "#!", which a shell would run itself (POSIX, "execvp").
 * @param {string} file @param {string[]} args
 */
function executable(file, args) {
  const header = readHeader(file)
  if (NATIVE.some((magic) => header.toString('hex', 0, 4).startsWith(magic))) return { file, args }
  const interpreter = /^#!\s*(\S+)/.exec(header.toString('latin1'))?.[1]
  if (interpreter === undefined) return { file: '/bin/sh', args: [file, ...args] }
  try {
    accessSync(interpreter, constants.X_OK)
  } catch {
    throw new StartError(126, `${file} needs ${interpreter}, which is missing`)
  }
  return { file, args }
}

/** @param {string} file */
function readHeader(file) {
  const header = Buffer.alloc(HEADER_BYTES)
  try {
    const descriptor = openSync(file, 'r')
    const length = readSync(descriptor, header, 0, HEADER_BYTES, 0)
    closeSync(descriptor)
    return header.subarray(0, length)
  } catch {
    // Executable and not readable is legal for a native program.
    return Buffer.from('7f454c46', 'hex')
  }
}

/** @param {string} command @param {string[]} args @param {Record<string, string>} env */
function becomeCommand(command, args, env) {
  const target = executable(find(command, env['PATH']), args)
  // Node ignores these two, and what is ignored stays so across execve; what is caught does not.
  for (const signal of /** @type {const} */ (['SIGPIPE', 'SIGXFSZ'])) {
    process.on(signal, () => undefined)
  }
  process.execve?.(target.file, [command, ...target.args], env)
}

/** @param {string} command @param {string[]} args @param {Record<string, string>} env */
function runAsChild(command, args, env) {
  const child = spawn(command, args, { env, stdio: 'inherit', windowsHide: true })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGBREAK'])) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('error', (error) => {
    const missing = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT'
    refuse(new StartError(missing ? 127 : 126, `cannot start ${command}: ${error.message}`))
  })
  child.on('exit', (code) => process.exit(code ?? 1))
}

/** @param {StartError} error */
function refuse(error) {
  writeSync(2, `thalogos-launcher: ${error.message}\n`)
  process.exit(error.code)
}

function main() {
  const { options, command, args } = readArguments(process.argv.slice(2))
  const env = readEnvironment()
  closeLeaked()
  yieldToOthers()
  if (options['stderr']) replace(2, options['stderr'], 'a')
  if (!options['keep-stdin']) {
    replace(0, options['stdin'] || (WINDOWS ? join('\\\\.', 'NUL') : '/dev/null'), 'r')
  }
  if (options['cwd']) process.chdir(options['cwd'])
  if (!WINDOWS && typeof process.execve === 'function') becomeCommand(command, args, env)
  else runAsChild(command, args, env)
}

try {
  main()
} catch (error) {
  refuse(error instanceof StartError ? error : new StartError(125, String(error)))
}
