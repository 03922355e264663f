import { type ChildProcess, spawn } from 'node:child_process'
import type { AgentProcess, ProcessLine } from './agent-process.ts'
import { signalGroup } from './signal-group.ts'

// A pipe that stays open after its process has ended is held by one that was left behind. What was
// printed before lies in it and is read at once: so it is cut when nothing comes for this long, or when
// more came than a pipe holds (net.core.wmem_default, a fifth of this).
const QUIET_MS = 200
const PIPE_BYTES = 1024 * 1024

/**
 * Starts a process in a session of its own, on pipes: what is written reaches its standard input, what
 * comes is its standard output. Its error output goes where the launcher puts it.
 * Throws when the system has no process left.
 */
export function spawnPipes(line: ProcessLine): AgentProcess {
  const child = spawn(line.file, [...line.args], {
    // The launcher enters the command's folder itself and says so when it cannot.
    cwd: '/',
    env: { ...line.env },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  const { pid, stdin, stdout } = child
  // A process that no longer reads, or never began: its end is told by `exit`.
  for (const part of [child, stdin, stdout]) part.on('error', () => undefined)
  if (pid === undefined) throw new Error('the system could not start a process')
  let isPaused = false
  let draining: NodeJS.Timeout | undefined
  let bytes = 0
  stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  child.once('exit', () => {
    // What is still in its group goes with it, also what cleared its environment.
    signalAll(child, pid, 'SIGKILL')
    stdin.destroy()
    drain(bytes)
  })
  const drain = (atExit: number, before = bytes) => {
    // Looked at after the loop has read once more: a loop that was late has not read yet.
    const look = () => {
      const isSilent = bytes === before || bytes - atExit > PIPE_BYTES
      if (isSilent && !isPaused) stdout.destroy()
      else drain(atExit)
    }
    draining = setTimeout(() => setImmediate(look), QUIET_MS)
  }
  child.once('close', () => clearTimeout(draining))
  return {
    pid,
    onData: (listener) => stdout.on('data', listener),
    onExit: (listener) => child.once('close', (exitCode, signal) => listener({ exitCode, signal })),
    write(data) {
      if (stdin.writable) stdin.write(data)
    },
    endInput: () => stdin.end(),
    resize: () => undefined,
    pause() {
      isPaused = true
      stdout.pause()
    },
    resume() {
      isPaused = false
      stdout.resume()
    },
    signal(name) {
      if (child.exitCode === null && child.signalCode === null) signalAll(child, pid, name)
    },
  }
}

function signalAll(child: ChildProcess, pid: number, name: NodeJS.Signals): void {
  if (process.platform === 'win32') child.kill(name)
  else signalGroup(pid, name)
}
